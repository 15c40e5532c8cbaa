-- include: people
-- Reads calls: pairs of version and JSON of those that are not over. ARGV: 'name' or 'owner', which,
-- now, how many at most.
local names = { ARGV[2] }
if ARGV[1] == 'owner' then
  names = redis.call('SMEMBERS', P .. 'calls-of:' .. ARGV[2])
  table.sort(names)
end
local now, limit = tonumber(ARGV[3]), tonumber(ARGV[4])
local found = {}
for _, name in ipairs(names) do
  if #found >= limit * 2 then break end
  local call = redis.call('HMGET', P .. 'call:' .. name, 'version', 'document', 'ends')
  if call[1] and tonumber(call[3]) > now then
    found[#found + 1] = call[1]
    found[#found + 1] = call[2]
  end
end
return found
