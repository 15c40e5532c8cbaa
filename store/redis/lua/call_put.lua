-- include: people
-- Puts or removes a call. ARGV: name, version that was read, JSON (empty: remove), owner (empty:
-- nobody), end, now, most calls. Answers the new version, 0 when removed, 'changed' or 'full'.
-- `call:<name>` holds version, document and owner until the end; `calls` orders names by their end.
local name, version, document, owner = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local key, ends = P .. 'call:' .. name, P .. 'calls'
local ends_at, now, max = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local known = redis.call('HMGET', key, 'version', 'owner', 'ends')
local current = known[1]
if not current or tonumber(known[3]) <= now then current = '0' end
if current ~= version then return 'changed' end

local function forget(each)
  local of = redis.call('HGET', P .. 'call:' .. each, 'owner')
  if of then redis.call('SREM', P .. 'calls-of:' .. of, each) end
  redis.call('DEL', P .. 'call:' .. each)
  redis.call('ZREM', ends, each)
end

if document == '' then
  forget(name)
  return '0'
end
if version == '0' then
  for _, each in ipairs(redis.call('ZRANGE', ends, '-inf', now, 'BYSCORE', 'LIMIT', 0, 50)) do
    forget(each)
  end
  if redis.call('ZCARD', ends) >= max then return 'full' end
end
local made = string.format('%.0f', math.max(tonumber(version) + 1, now))
redis.call('HSET', key, 'version', made, 'document', document, 'ends', ARGV[5])
if owner == '' then
  redis.call('HDEL', key, 'owner')
else
  redis.call('HSET', key, 'owner', owner)
  redis.call('SADD', P .. 'calls-of:' .. owner, name)
end
redis.call('ZADD', ends, ends_at, name)
return made
