-- The id of a stream's newest entry, also of one that is gone: by the clock, which ids follow.
-- KEYS[1]: stream.
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if #last > 0 then return last[1][1] end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
return string.format('%.0f', now - 1) .. '-18446744073709551615'
