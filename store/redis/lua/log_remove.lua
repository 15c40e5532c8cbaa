-- include: channel
-- Takes messages out of live part and history. ARGV[2..]: scores.
local away = elsewhere()
if away then return away end
local moving = redis.call('EXISTS', C .. 'moving') == 1
for index = 2, #ARGV do
  local score = ARGV[index]
  for _, kind in ipairs(KINDS) do redis.call('ZREMRANGEBYSCORE', C .. kind, score, score) end
  redis.call('ZREMRANGEBYSCORE', C .. 'history', score, score)
  if moving then redis.call('SADD', C .. 'removed', score) end
end
if moving then redis.call('PEXPIRE', C .. 'removed', 600000) end
return 'done'
