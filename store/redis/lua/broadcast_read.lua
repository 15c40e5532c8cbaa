-- include: people
-- Records of broadcasts. ARGV: how many, room or '' for those of any room that run.
local last, room = tonumber(ARGV[1]) - 1, ARGV[2]
local found = {}
if room ~= '' then
  for _, start in ipairs(redis.call('ZREVRANGE', P .. 'starts:' .. room, 0, last)) do
    found[#found + 1] = redis.call('HGET', P .. 'broadcasts:' .. room, start)
  end
  return found
end
for _, which in ipairs(redis.call('ZRANGE', P .. 'running', 0, last)) do
  local of, start = string.match(which, '^(%d+) (.+)$')
  found[#found + 1] = redis.call('HGET', P .. 'broadcasts:' .. of, start)
end
return found
