-- include: people
-- Keeps broadcasts. ARGV: most of a room, name of a lease or '', its fence, then room, start, whether it runs (0, 1), record of each.
local most = tonumber(ARGV[1])
if ARGV[2] ~= '' then
  local fence = tonumber(redis.call('GET', P .. 'fence:' .. ARGV[2]) or 0)
  if fence > tonumber(ARGV[3]) then return 'passed_on' end
end
for index = 4, #ARGV, 4 do
  local room, start, runs, record = unpack(ARGV, index, index + 3)
  if redis.call('EXISTS', room_key(room)) == 1 then
    local starts, records = P .. 'starts:' .. room, P .. 'broadcasts:' .. room
    redis.call('ZADD', starts, start, start)
    redis.call('HSET', records, start, record)
    if runs == '1' then
      redis.call('ZADD', P .. 'running', start, room .. ' ' .. start)
    else
      redis.call('ZREM', P .. 'running', room .. ' ' .. start)
    end
    for _, old in ipairs(redis.call('ZRANGE', starts, 0, -most - 1)) do
      redis.call('ZREM', starts, old)
      redis.call('HDEL', records, old)
      redis.call('ZREM', P .. 'running', room .. ' ' .. old)
    end
  end
end
return 'done'
