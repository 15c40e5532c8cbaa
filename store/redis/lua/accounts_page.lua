-- include: people
-- Accounts from the newest back, to be looked through. ARGV: how many to leave out, how many.
local first = tonumber(ARGV[1])
local found = {}
local ids = redis.call('ZREVRANGE', P .. 'accounts', first, first + tonumber(ARGV[2]) - 1)
for _, id in ipairs(ids) do
  found[#found + 1] = {
    redis.call('HGETALL', account_key(id)),
    redis.call('HGET', P .. 'room-of', id),
    redis.call('ZCARD', P .. 'sessions-of:' .. id),
  }
end
return found
