-- include: people
-- Appends to a list of records that are numbered from 1 on. ARGV: list, most or 0 for all, then of
-- each: name of a part of the list, 1 when the newest of the part is its value, record.
local list, most = P .. ARGV[1], tonumber(ARGV[2])
for index = 3, #ARGV, 3 do
  local part, newest, record = unpack(ARGV, index, index + 2)
  local number = redis.call('INCR', list .. '-number')
  local line = string.format('%.0f', number) .. ' ' .. record
  redis.call('ZADD', list, number, line)
  redis.call('ZADD', list .. ':' .. part, number, line)
  redis.call('SADD', list .. '-parts', part)
  if newest == '1' then redis.call('HSET', list .. '-values', part, line) end
  if most > 0 and number > most then
    redis.call('ZREMRANGEBYSCORE', list, '-inf', number - most)
    for _, each in ipairs(redis.call('SMEMBERS', list .. '-parts')) do
      redis.call('ZREMRANGEBYSCORE', list .. ':' .. each, '-inf', number - most)
    end
  end
end
return 'done'
