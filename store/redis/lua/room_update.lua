-- include: people
-- Changes a room. ARGV: id, how many names of fields follow, fields to remove, then fields and values.
local id, removed = ARGV[1], tonumber(ARGV[2])
local key = room_key(id)
if redis.call('EXISTS', key) == 0 then return nil end
local before = redis.call('HGET', key, 'cover')
for index = 3, 2 + removed do redis.call('HDEL', key, ARGV[index]) end
if #ARGV > 2 + removed then redis.call('HSET', key, unpack(ARGV, 3 + removed)) end
local after = redis.call('HGET', key, 'cover')
if before ~= after then
  count_picture(before, -1)
  count_picture(after, 1)
end
return read_room(id)
