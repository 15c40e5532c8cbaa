-- include: people
-- Rooms from the newest back with what a search looks at. ARGV: how many to leave out, how many.
local first = tonumber(ARGV[1])
local found = {}
local ids = redis.call('ZREVRANGE', P .. 'rooms', first, first + tonumber(ARGV[2]) - 1)
for _, id in ipairs(ids) do
  local room = redis.call('HMGET', room_key(id), 'titleKey', 'category', 'suspended', 'ownerId')
  local owner = redis.call('HMGET', account_key(room[4]), 'nameKey', 'displayKey', 'suspended')
  found[#found + 1] = { id, room[1], room[2], room[3], owner[1], owner[2], owner[3] }
end
return found
