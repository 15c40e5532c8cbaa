-- include: people
-- A session with its account, or all sessions of an account. ARGV: how (token, account), which.
if ARGV[1] == 'account' then
  local found = {}
  for _, token in ipairs(redis.call('ZRANGE', P .. 'sessions-of:' .. ARGV[2], 0, -1)) do
    found[#found + 1] = redis.call('HGETALL', session_key(token))
  end
  return found
end
local owner = redis.call('HGET', session_key(ARGV[2]), 'accountId')
if not owner then return {} end
return { redis.call('HGETALL', session_key(ARGV[2])), redis.call('HGETALL', account_key(owner)) }
