-- include: people
-- Inserts a room with the next number. ARGV: owner, then fields and values.
local owner = ARGV[1]
if redis.call('EXISTS', account_key(owner)) == 0 then return 'no_account' end
if redis.call('HEXISTS', P .. 'room-of', owner) == 1 then return 'room_exists' end
redis.call('SETNX', P .. 'room-number', 100000)
local id = tostring(redis.call('INCR', P .. 'room-number'))
redis.call('HSET', room_key(id), 'id', id, unpack(ARGV, 2))
redis.call('HSET', P .. 'room-of', owner, id)
redis.call('ZADD', P .. 'rooms', id, id)
return read_room(id)
