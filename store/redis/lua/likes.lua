-- include: people
-- Totals of likes. ARGV: add, then room and count of each; or changed, how many: room, total and
-- what was added since, of rooms whose total rose, each rise once.
local totals, untold = P .. 'likes', P .. 'likes-untold'
if ARGV[1] == 'add' then
  for index = 2, #ARGV, 2 do
    redis.call('HINCRBY', totals, ARGV[index], ARGV[index + 1])
    redis.call('HINCRBY', untold, ARGV[index], ARGV[index + 1])
  end
  return 'done'
end
local answer = {}
local rooms = redis.call('HRANDFIELD', untold, ARGV[2], 'WITHVALUES')
for index = 1, #rooms, 2 do
  local room = rooms[index]
  answer[#answer + 1] = room
  answer[#answer + 1] = redis.call('HGET', totals, room)
  answer[#answer + 1] = rooms[index + 1]
  redis.call('HDEL', untold, room)
end
return answer
