-- include: people
-- Removes an account with everything of it. ARGV: id. What others follow of it stays in their lists
-- and is left out when these are read: a room's number is never given again.
local id = ARGV[1]
local key = account_key(id)
local now = redis.call('HMGET', key, 'admin', 'suspended', 'nameKey', 'displayKey', 'avatar')
if not now[3] then return 'unknown' end
if now[1] == '1' and now[2] == '0' and not has_other_admin(id) then return 'last_admin' end
for _, room in ipairs(redis.call('ZRANGE', P .. 'follows:' .. id, 0, -1)) do
  redis.call('SREM', P .. 'followers:' .. room, id)
end
redis.call('DEL', P .. 'follows:' .. id)
end_sessions(id, '')
local room = redis.call('HGET', P .. 'room-of', id)
local cover = false
if room then
  cover = redis.call('HGET', room_key(room), 'cover')
  count_picture(cover, -1)
  for _, start in ipairs(redis.call('ZRANGE', P .. 'starts:' .. room, 0, -1)) do
    redis.call('ZREM', P .. 'running', room .. ' ' .. start)
  end
  redis.call(
    'UNLINK', room_key(room), P .. 'followers:' .. room, P .. 'starts:' .. room,
    P .. 'broadcasts:' .. room
  )
  redis.call('ZREM', P .. 'rooms', room)
  redis.call('HDEL', P .. 'room-of', id)
end
for _, list in ipairs(redis.call('SMEMBERS', P .. 'moderation-of:' .. id)) do
  redis.call('HDEL', list, id)
  redis.call('ZREM', list .. ':times', id)
end
local lists = { 'blocks:' .. id }
if room then
  for _, name in ipairs({ 'rules', 'moderators', 'mutes', 'bans', 'held', 'reports', 'acts' }) do
    table.insert(lists, name .. ':' .. room)
  end
end
for _, name in ipairs(lists) do
  redis.call('UNLINK', P .. 'moderation:' .. name, P .. 'moderation:' .. name .. ':times')
end
redis.call('DEL', P .. 'moderation-of:' .. id)
count_picture(now[5], -1)
redis.call('HDEL', P .. 'names', now[3])
if now[4] then redis.call('HDEL', P .. 'displays', now[4]) end
redis.call('SREM', P .. 'admins', id)
redis.call('ZREM', P .. 'accounts', id)
redis.call('DEL', key)
return { room, now[5], cover }
