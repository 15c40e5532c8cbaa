-- include: channel
-- Messages of the live part. ARGV[2..]: score to read after or '', how many, age of the live part in
-- milliseconds, 1 to read what is left of a channel that moved. Answers head, 1 when something after
-- the score is gone, then the newest of each kind, one more than asked for if there are more.
if ARGV[5] ~= '1' then
  local away = elsewhere()
  if away then return away end
end
local after, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
local seq = number_of('seq')
if after and after >= seq then return { write(seq), 0 } end
local oldest = (now_ms() - tonumber(ARGV[4])) * 2048
local from = write(oldest)
local gap = 0
if after then
  if after < number_of('floor') then gap = 1 end
  if after >= oldest then from = '(' .. write(after) end
end
local answer = { write(seq), gap }
for _, kind in ipairs(KINDS) do
  local live = C .. kind
  if after and after < oldest then
    local last = number_of('last:' .. kind)
    if last > after then
      if last < oldest or
        redis.call('ZCOUNT', live, '(' .. write(after), '(' .. write(oldest)) > 0
      then
        answer[2] = 1
      end
    end
  end
  local found = redis.call('ZREVRANGEBYSCORE', live, '+inf', from, 'LIMIT', 0, limit + 1)
  for _, member in ipairs(found) do answer[#answer + 1] = kind .. ' ' .. member end
end
return answer
