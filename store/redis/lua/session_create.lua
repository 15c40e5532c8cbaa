-- include: people
-- Inserts a session. ARGV: token, account, sessions of one account, time of creation, end, then
-- fields and values.
local token, owner, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
if redis.call('EXISTS', account_key(owner)) == 0 then return 'no_account' end
local of = P .. 'sessions-of:' .. owner
redis.call('HSET', session_key(token), unpack(ARGV, 6))
redis.call('HSET', session_key(token), 'number', redis.call('INCR', P .. 'session-number'))
redis.call('ZADD', of, ARGV[4], token)
redis.call('ZADD', P .. 'session-ends', ARGV[5], token)
while redis.call('ZCARD', of) > most do
  -- Of those of the same instant the one inserted first is the older one.
  local at = redis.call('ZRANGE', of, 0, 0, 'WITHSCORES')[2]
  local oldest, least = nil, nil
  for _, each in ipairs(redis.call('ZRANGEBYSCORE', of, at, at)) do
    local number = tonumber(redis.call('HGET', session_key(each), 'number'))
    if not least or number < least then oldest, least = each, number end
  end
  end_session(oldest)
end
return 'done'
