-- include: people
-- Takes a turn. ARGV: room, sender, key, now, milliseconds between turns.
local key = P .. 'turn:' .. ARGV[1] .. ':' .. ARGV[2]
local now, every = tonumber(ARGV[4]), tonumber(ARGV[5])
local last = redis.call('HMGET', key, 'at', 'key')
if last[1] then
  if last[2] == ARGV[3] then return 0 end
  local wait = tonumber(last[1]) + every - now
  if wait > 0 then return math.min(wait, every) end
end
redis.call('HSET', key, 'at', ARGV[4], 'key', ARGV[3])
redis.call('PEXPIRE', key, 3600000)
return 0
