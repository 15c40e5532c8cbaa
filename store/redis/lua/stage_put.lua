-- include: people
-- Puts or forgets a stage. ARGV: room, version that was read, JSON (empty: forget), end, now, most
-- stages, then the accounts on it. Answers the new version, 0 when forgotten, 'changed', 'elsewhere'
-- or 'full'. `stage:<room>` holds version, document, holders and end; `stages` orders rooms by their
-- end; `stage-of:<account>` names the room.
local room, version, document = ARGV[1], ARGV[2], ARGV[3]
local ends_at, now, max = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local key, ends = P .. 'stage:' .. room, P .. 'stages'
local known = redis.call('HMGET', key, 'version', 'ends')
local current = known[1]
if not current or tonumber(known[2]) <= now then current = '0' end
if current ~= version then return 'changed' end

local function release(each)
  local held = redis.call('HGET', P .. 'stage:' .. each, 'holders')
  for account in string.gmatch(held or '', '[^ ]+') do
    local of = P .. 'stage-of:' .. account
    if redis.call('GET', of) == each then redis.call('DEL', of) end
  end
end
local function forget(each)
  release(each)
  redis.call('DEL', P .. 'stage:' .. each)
  redis.call('ZREM', ends, each)
end

if document == '' then
  forget(room)
  return '0'
end
local holders = {}
for index = 7, #ARGV do
  local account = ARGV[index]
  local of = redis.call('GET', P .. 'stage-of:' .. account)
  if of and of ~= room then
    local till = redis.call('HGET', P .. 'stage:' .. of, 'ends')
    if till and tonumber(till) > now then return 'elsewhere' end
  end
  holders[#holders + 1] = account
end
if version == '0' then
  for _, each in ipairs(redis.call('ZRANGE', ends, '-inf', now, 'BYSCORE', 'LIMIT', 0, 50)) do
    forget(each)
  end
  if redis.call('ZCARD', ends) >= max then return 'full' end
end
release(room)
local made = string.format('%.0f', math.max(tonumber(version) + 1, now))
redis.call('HSET', key, 'version', made, 'document', document, 'ends', ARGV[4],
  'holders', table.concat(holders, ' '))
for _, account in ipairs(holders) do redis.call('SET', P .. 'stage-of:' .. account, room) end
redis.call('ZADD', ends, ends_at, room)
return made
