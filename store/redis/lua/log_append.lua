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
local META = {
  'seq', 'floor', 'tidied', 'untidied', 'second', 'count', 'streak',
  'last:chat', 'last:gift', 'last:pk', 'last:notice',
}
local known = {}
for index, value in ipairs(redis.call('HMGET', C .. 'meta', unpack(META))) do
  known[META[index]] = tonumber(value or 0)
end
local oldest = (now - max_age) * 2048
local seq = known.seq
local appended = 0
local answer = { 0 }
local meta = {}
local function remember(field, value)
  meta[#meta + 1] = field
  meta[#meta + 1] = write(value)
end
local touched = {}
-- Old messages leave in steps: once a second, or when many came. Readers do not see them any more.
local tidy = now - known.tidied >= 1000

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
    -- The set may be new and have no end yet.
    if known['last:' .. kind] < oldest then tidy = true end
    touched[kind] = score
    appended = appended + 1
    answer[#answer + 1] = { text, 0, false }
  end
end
if appended == 0 then return answer end

remember('seq', seq)
for kind, last in pairs(touched) do remember('last:' .. kind, last) end

local function trim(kind)
  local live = C .. kind
  local floor = known.floor
  local before = '(' .. write(oldest)
  local old = redis.call('ZREVRANGEBYSCORE', live, before, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if old[2] then
    floor = math.max(floor, tonumber(old[2]))
    redis.call('ZREMRANGEBYSCORE', live, '-inf', before)
  end
  local over = redis.call('ZCARD', live) - max_size
  if over > 0 then
    floor = math.max(floor, tonumber(redis.call('ZRANGE', live, over - 1, over - 1, 'WITHSCORES')[2]))
    redis.call('ZREMRANGEBYRANK', live, 0, over - 1)
  end
  redis.call('PEXPIRE', live, max_age + 60000)
  known.floor = floor
end

if tidy or known.untidied + appended >= 100 then
  for _, kind in ipairs(KINDS) do trim(kind) end
  if history_age > 0 then
    redis.call('ZREMRANGEBYSCORE', C .. 'history', '-inf', '(' .. write((now - history_age) * 2048))
    redis.call('PEXPIRE', C .. 'history', history_age)
  end
  redis.call('ZREMRANGEBYSCORE', C .. 'dedupe', '-inf', '(' .. write((now - dedupe_age) * 2048))
  redis.call('PEXPIRE', C .. 'dedupe', dedupe_age + 60000)
  remember('floor', known.floor)
  remember('tidied', now)
  remember('untidied', 0)
else
  remember('untidied', known.untidied + appended)
end

if hot > 0 then
  local second = math.floor(now / 1000)
  local streak, count = known.streak, appended
  if known.second == second then
    count = count + known.count
  elseif known.second == second - 1 and known.count >= hot then
    streak = streak + 1
  else
    streak = 0
  end
  answer[1] = streak
  remember('second', second)
  remember('count', count)
  remember('streak', streak)
end
redis.call('HSET', C .. 'meta', unpack(meta))
if tidy then
  -- Long after everything else of the channel: the clock alone gives larger scores by then.
  redis.call('PEXPIRE', C .. 'meta', math.max(history_age, dedupe_age) + 7 * 86400000)
end
redis.call('SPUBLISH', C .. 'wake', '')
return answer
