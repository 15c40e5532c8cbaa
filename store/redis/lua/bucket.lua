-- A token bucket by the clock of Redis. KEYS[1]: when it will be full again, milliseconds, absent: it
-- is full. ARGV: take or refund, tokens of a full one, milliseconds from one token to the next.
-- Answers 0, or the milliseconds until there is a token.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local burst, refill = tonumber(ARGV[2]), tonumber(ARGV[3])
local full = tonumber(redis.call('GET', KEYS[1]) or now)
-- A clock that was set back, or a smaller bucket, makes nobody wait longer than a full one.
full = math.min(math.max(full, now), now + burst * refill)
local function keep(at)
  if at <= now then return redis.call('DEL', KEYS[1]) end
  redis.call('SET', KEYS[1], string.format('%.3f', at), 'PX', math.ceil(at - now))
end
if ARGV[1] == 'refund' then
  keep(full - refill)
  return 0
end
local wait = full + refill - burst * refill - now
if wait > 0.001 then return math.ceil(wait) end
keep(full + refill)
return 0
