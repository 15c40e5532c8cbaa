-- include: people
-- Leases by the clock of Redis. ARGV: take, name, holder, milliseconds; or release, name, holder.
-- `lease:<name>` holds the holder until it is over; `fence:<name>` rises with each other holder.
local what, name, holder = ARGV[1], ARGV[2], ARGV[3]
local lease, fence, last = P .. 'lease:' .. name, P .. 'fence:' .. name, P .. 'holder:' .. name
local holds = redis.call('GET', lease)
if what == 'release' then
  if holds == holder then redis.call('DEL', lease) end
  return 'done'
end
if holds and holds ~= holder then return false end
redis.call('SET', lease, holder, 'PX', ARGV[4])
if redis.call('GET', last) ~= holder then
  redis.call('SET', last, holder)
  redis.call('INCR', fence)
end
return tonumber(redis.call('GET', fence))
