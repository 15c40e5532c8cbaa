-- include: people
-- Rooms. ARGV: how (ids, owner, follows), then ids, an account, or an account and how many to leave
-- out and to read.
local ids = {}
if ARGV[1] == 'owner' then
  local id = redis.call('HGET', P .. 'room-of', ARGV[2])
  if id then ids = { id } end
elseif ARGV[1] == 'follows' then
  local first = tonumber(ARGV[3])
  ids = redis.call('ZREVRANGE', P .. 'follows:' .. ARGV[2], first, first + tonumber(ARGV[4]) - 1)
else
  ids = { unpack(ARGV, 2) }
end
local found = {}
for _, id in ipairs(ids) do
  local room = read_room(id)
  if room then
    found[#found + 1] = room
  elseif ARGV[1] == 'follows' then
    found[#found + 1] = false
  end
end
return found
