-- include: people
-- Follows. ARGV: what (add, remove, has), account, room, then with add: time, most.
local what, account, room = ARGV[1], ARGV[2], ARGV[3]
local follows, followers = P .. 'follows:' .. account, P .. 'followers:' .. room
if what == 'has' then return redis.call('SISMEMBER', followers, account) end
if what == 'remove' then
  redis.call('SREM', followers, account)
  return redis.call('ZREM', follows, room)
end
if redis.call('SISMEMBER', followers, account) == 1 then return 'done' end
if redis.call('EXISTS', room_key(room)) == 0 or redis.call('EXISTS', account_key(account)) == 0 then
  return 'unknown'
end
if redis.call('ZCARD', follows) >= tonumber(ARGV[5]) then
  -- Rooms that are gone do not count.
  for _, each in ipairs(redis.call('ZRANGE', follows, 0, -1)) do
    if redis.call('EXISTS', room_key(each)) == 0 then redis.call('ZREM', follows, each) end
  end
  if redis.call('ZCARD', follows) >= tonumber(ARGV[5]) then return 'too_many' end
end
redis.call('ZADD', follows, ARGV[4], room)
redis.call('SADD', followers, account)
return 'done'
