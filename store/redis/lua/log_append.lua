-- include: channel
-- Appends messages next to each other. ARGV[2..]: age and size of the live part, age of the history
-- (0: there is none) and of dedupe keys in milliseconds, messages a second that make a channel hot
-- (0: none), then kind, dedupe key or '', JSON of each draft. Answers how many seconds in a row the
-- channel was hot, then of each: score, 1 when it is repeated, and its JSON when that is known.
local away = elsewhere()
if away then return away end
local max_age, max_size, history_age, dedupe_age, hot =
  tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local now = now_ms()
local seq = number_of('seq')
local appended = 0
local answer = { 0 }
local touched = {}

for index = 7, #ARGV, 3 do
  local kind, key, json = unpack(ARGV, index, index + 2)
  local first = key ~= '' and redis.call('ZSCORE', C .. 'dedupe', key)
  -- One that is to be forgotten, but was not yet, is as good as forgotten.
  if first and tonumber(first) < (now - dedupe_age) * 2048 then first = false end
  if first then
    local score = write(tonumber(first))
    local found = redis.call('ZRANGEBYSCORE', C .. 'history', score, score)[1] or
      redis.call('ZRANGEBYSCORE', C .. kind, score, score)[1]
    answer[#answer + 1] = { score, 1, found and string.sub(found, #score + 1) or false }
  else
    local score = now * 2048
    if score <= seq then score = seq + 1 end
    seq = score
    local text = write(score)
    redis.call('ZADD', C .. kind, text, text .. json)
    if history_age > 0 then redis.call('ZADD', C .. 'history', text, text .. json) end
    if key ~= '' then redis.call('ZADD', C .. 'dedupe', text, key) end
    touched[kind] = text
    appended = appended + 1
    answer[#answer + 1] = { text, 0, false }
  end
end
if appended == 0 then return answer end

local meta = { 'seq', write(seq) }
local floor, floor_before = number_of('floor'), nil
floor_before = floor
local oldest = '(' .. write((now - max_age) * 2048)
for kind, last in pairs(touched) do
  local live = C .. kind
  local old = redis.call('ZREVRANGEBYSCORE', live, oldest, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if old[2] then
    floor = math.max(floor, tonumber(old[2]))
    redis.call('ZREMRANGEBYSCORE', live, '-inf', oldest)
  end
  local over = redis.call('ZCARD', live) - max_size
  if over > 0 then
    floor = math.max(floor, tonumber(redis.call('ZRANGE', live, over - 1, over - 1, 'WITHSCORES')[2]))
    redis.call('ZREMRANGEBYRANK', live, 0, over - 1)
  end
  redis.call('PEXPIRE', live, max_age + 60000)
  meta[#meta + 1] = 'last:' .. kind
  meta[#meta + 1] = last
end
if floor > floor_before then
  meta[#meta + 1] = 'floor'
  meta[#meta + 1] = write(floor)
end
if history_age > 0 then
  redis.call('ZREMRANGEBYSCORE', C .. 'history', '-inf', '(' .. write((now - history_age) * 2048))
  redis.call('PEXPIRE', C .. 'history', history_age)
end
redis.call('ZREMRANGEBYSCORE', C .. 'dedupe', '-inf', '(' .. write((now - dedupe_age) * 2048))
redis.call('PEXPIRE', C .. 'dedupe', dedupe_age + 60000)

if hot > 0 then
  local second = math.floor(now / 1000)
  local before = number_of('second')
  local streak = number_of('streak')
  local count = appended
  if before == second then
    count = count + number_of('count')
  elseif before == second - 1 and number_of('count') >= hot then
    streak = streak + 1
  else
    streak = 0
  end
  answer[1] = streak
  for _, each in ipairs({ 'second', second, 'count', count, 'streak', streak }) do
    meta[#meta + 1] = each
  end
end
redis.call('HSET', C .. 'meta', unpack(meta))
-- Long after everything else of the channel: the clock alone gives larger scores by then.
redis.call('PEXPIRE', C .. 'meta', math.max(history_age, dedupe_age) + 7 * 86400000)
redis.call('SPUBLISH', C .. 'wake', '')
return answer
