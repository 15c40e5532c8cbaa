-- include: people
-- Reads stages. ARGV: 'room', which, now: its version and JSON; 'account', which, now: the room on
-- whose stage it is; 'rooms', '', now, how many at most: rooms by their end. Nothing when it is over.
local now = tonumber(ARGV[3])
if ARGV[1] == 'rooms' then
  return redis.call('ZRANGE', P .. 'stages', '(' .. ARGV[3], '+inf', 'BYSCORE', 'LIMIT', 0,
    tonumber(ARGV[4]))
end
local room = ARGV[2]
if ARGV[1] == 'account' then
  room = redis.call('GET', P .. 'stage-of:' .. ARGV[2])
  if not room then return {} end
end
local stage = redis.call('HMGET', P .. 'stage:' .. room, 'version', 'document', 'ends')
if not stage[1] or tonumber(stage[3]) <= now then return {} end
if ARGV[1] == 'account' then return { room } end
return { stage[1], stage[2] }
