/**
 * The script that reads a channel, for places without files: `store/redis/lua/log_read.lua` with what
 * it includes, as `read_script_test.ts` makes sure.
 *
 * @module
 */

/** Lua. */
export const READ_SCRIPT =
  `-- What the scripts of the message log share. All keys of a channel are of one slot and begin with
-- KEYS[1]. ARGV[1] is \`main\` or \`hot\`: whether a channel is here unless something else is said, or
-- only when that is said. What stands below C:
--   meta             hash: seq (score of the last message), floor (highest score that was trimmed),
--                    last:<kind> (score of the kind's last message), tidied, untidied (trimming),
--                    second, count, streak (rate)
--   chat, gift, pk, notice   sorted sets, the live part: \`<score><JSON of the draft>\` by score
--   history          the same, of all kinds
--   dedupe           sorted set: dedupe keys by the score of their message
--   place            absent, \`here\`, or \`moved:<name of another Redis>\`
--   moving, removed  while it is copied: who copies, and scores that were taken out meanwhile
local C = KEYS[1]
local KINDS = { 'chat', 'gift', 'pk', 'notice' }

local function write(score) return string.format('%.0f', score) end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- nil when the channel is here, or the answer that says where else.
local function elsewhere()
  local place = redis.call('GET', C .. 'place')
  if place == 'here' then return nil end
  if not place then
    if ARGV[1] == 'main' then return nil end
    return { 'absent' }
  end
  return { 'moved', string.sub(place, 7) }
end

local function number_of(field) return tonumber(redis.call('HGET', C .. 'meta', field) or 0) end

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
`;

/** Hexadecimal SHA-1 of {@linkcode READ_SCRIPT}. */
export const READ_SCRIPT_SHA = "bf64c196e744941cc10036804a86f2e3a50d9151";
