-- include: channel
-- The steps of a move to another Redis (store/redis/hot_rooms.ts). ARGV[2] is the step:
--   lock token ms              at the source: one mover at a time; extends its own lock
--   page part score count      at the source: members and scores above a score
--   fence token name           at the source: from now on the channel is elsewhere; meta and removed
--   clear token                at the target, before a copy; takes the target from another mover
--   put token part score member …   at the target
--   drop token score …         at the target: what was taken out at the source meanwhile
--   open token ms meta …       at the target: fields and values of meta; the channel is here
--   point name                 at the main Redis: where it is after a move between two others
--   leave ms                   at the source: what is left goes after a while
local step = ARGV[2]
local PARTS = { 'chat', 'gift', 'pk', 'notice', 'history', 'dedupe' }
local function is_here() return elsewhere() == nil end

if step == 'lock' then
  local holder = redis.call('GET', C .. 'moving')
  if holder and holder ~= ARGV[3] then return 0 end
  redis.call('SET', C .. 'moving', ARGV[3], 'PX', ARGV[4])
  return 1
end
if step == 'drop' then
  if redis.call('GET', C .. 'moving') ~= ARGV[3] then return 0 end
  for index = 4, #ARGV do
    for _, part in ipairs(PARTS) do
      if part ~= 'dedupe' then redis.call('ZREMRANGEBYSCORE', C .. part, ARGV[index], ARGV[index]) end
    end
  end
  return 1
end
if step == 'page' then
  return redis.call(
    'ZRANGEBYSCORE', C .. ARGV[3], '(' .. ARGV[4], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[5]
  )
end
if step == 'fence' then
  if redis.call('GET', C .. 'moving') ~= ARGV[3] then return false end
  local place = redis.call('GET', C .. 'place')
  if not is_here() and place ~= 'moved:' .. ARGV[4] then return false end
  redis.call('SET', C .. 'place', 'moved:' .. ARGV[4])
  return { redis.call('HGETALL', C .. 'meta'), redis.call('SMEMBERS', C .. 'removed') }
end
if step == 'clear' then
  -- At the main Redis a channel that was never there looks like one that is.
  if redis.call('GET', C .. 'place') == 'here' then return 0 end
  for _, part in ipairs(PARTS) do redis.call('UNLINK', C .. part) end
  redis.call('UNLINK', C .. 'meta', C .. 'removed')
  redis.call('SET', C .. 'moving', ARGV[3], 'PX', 600000)
  return 1
end
if step == 'put' or step == 'open' then
  if redis.call('GET', C .. 'place') == 'here' or redis.call('GET', C .. 'moving') ~= ARGV[3] then
    return 0
  end
end
if step == 'put' then
  for index = 5, #ARGV, 2 do redis.call('ZADD', C .. ARGV[4], ARGV[index], ARGV[index + 1]) end
  return 1
end
if step == 'open' then
  for _, part in ipairs(PARTS) do redis.call('PEXPIRE', C .. part, ARGV[4]) end
  if #ARGV > 4 then redis.call('HSET', C .. 'meta', unpack(ARGV, 5)) end
  redis.call('HDEL', C .. 'meta', 'streak', 'count', 'second', 'tidied')
  redis.call('PEXPIRE', C .. 'meta', ARGV[4])
  redis.call('DEL', C .. 'moving')
  redis.call('SET', C .. 'place', 'here')
  redis.call('SPUBLISH', C .. 'wake', '')
  return 1
end
if step == 'point' then
  local place = redis.call('GET', C .. 'place')
  if place and place ~= 'here' then redis.call('SET', C .. 'place', 'moved:' .. ARGV[3]) end
  return 1
end
if step == 'leave' then
  if is_here() then return 0 end
  for _, part in ipairs(PARTS) do redis.call('PEXPIRE', C .. part, ARGV[3]) end
  redis.call('PEXPIRE', C .. 'meta', ARGV[3])
  redis.call('DEL', C .. 'moving', C .. 'removed')
  if ARGV[1] == 'hot' then redis.call('PEXPIRE', C .. 'place', ARGV[3]) end
  redis.call('SPUBLISH', C .. 'wake', '')
  return 1
end
return redis.error_reply('no such step')
