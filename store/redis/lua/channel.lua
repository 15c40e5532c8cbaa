-- What the scripts of the message log share. All keys of a channel are of one slot and begin with
-- KEYS[1]. ARGV[1] is `main` or `hot`: whether a channel is here unless something else is said, or
-- only when that is said. What stands below C:
--   meta             hash: seq (score of the last message), floor (highest score that was trimmed),
--                    last:<kind> (score of the kind's last message), tidied, untidied (trimming),
--                    second, count, streak (rate)
--   chat, gift, pk, notice   sorted sets, the live part: `<score><JSON of the draft>` by score
--   history          the same, of all kinds
--   dedupe           sorted set: dedupe keys by the score of their message
--   place            absent, `here`, or `moved:<name of another Redis>`
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
