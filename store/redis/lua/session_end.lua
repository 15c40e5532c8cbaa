-- include: people
-- Ends sessions, or moves the end of one. ARGV: which (extend, token, id, others, expired), then
--   extend: token, new end, last seen;  token: token;  id: account, name;
--   others: account, token that stays;  expired: now, how many.
local which, first, second, third = unpack(ARGV)
if which == 'extend' then
  if redis.call('EXISTS', session_key(first)) == 0 then return 0 end
  redis.call('HSET', session_key(first), 'expiresAtMs', second, 'seenAtMs', third)
  redis.call('ZADD', P .. 'session-ends', second, first)
  return 1
end
if which == 'token' then return end_session(first) end
if which == 'others' then return end_sessions(first, second) end
if which == 'id' then
  for _, token in ipairs(redis.call('ZRANGE', P .. 'sessions-of:' .. first, 0, -1)) do
    if redis.call('HGET', session_key(token), 'id') == second then return end_session(token) end
  end
  return 0
end
local ended = 0
local over = redis.call('ZRANGEBYSCORE', P .. 'session-ends', '-inf', first, 'LIMIT', 0, second)
for _, token in ipairs(over) do ended = ended + end_session(token) end
return ended
