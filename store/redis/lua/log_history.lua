-- include: channel
-- Messages of the history in order. ARGV[2..]: lowest score, highest score (both as ZRANGEBYSCORE
-- takes them), how many, 1 to read what is left of a channel that moved.
if ARGV[5] ~= '1' then
  local away = elsewhere()
  if away then return away end
end
return redis.call('ZRANGEBYSCORE', C .. 'history', ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])
