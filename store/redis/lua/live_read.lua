-- Reports that came after an instant, and the clock. KEYS[1]: hash of reports. ARGV: instant,
-- milliseconds that a report is good for; older ones are forgotten.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local all = redis.call('HGETALL', KEYS[1])
local answer = { string.format('%.0f', now) }
for index = 1, #all, 2 do
  local at = tonumber(string.match(all[index + 1], '^%d+'))
  if at < now - tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[1], all[index])
  elseif at >= tonumber(ARGV[1]) then
    answer[#answer + 1] = all[index]
    answer[#answer + 1] = all[index + 1]
  end
end
return answer
