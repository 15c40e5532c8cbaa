-- Battles; all their keys are of one slot and begin with KEYS[1]: there are few of them. A battle is
-- a hash: version, phase, ends, room_a, room_b, score_a, score_b, and the rest as JSON. ARGV: step,
-- then
--   create:   id, phase, ends, room a, room b, rest, version
--   room:     room
--   replace:  id, version, phase, ends, rest, 1 when everything is said, milliseconds it is kept then
--   score:    id, room, coins, payment, when
--   open:     how many
local K, step = KEYS[1], ARGV[1]
local function read(id) return redis.call('HGETALL', K .. 'battle:' .. id) end

if step == 'create' then
  local id, phase, ends, a, b, rest, version = unpack(ARGV, 2, 8)
  for _, room in ipairs({ a, b }) do
    local current = redis.call('GET', K .. 'room:' .. room)
    local at = current and redis.call('HGET', K .. 'battle:' .. current, 'phase')
    if at and at ~= 'over' and at ~= 'declined' then return 'busy' end
  end
  redis.call(
    'HSET', K .. 'battle:' .. id, 'id', id, 'version', version, 'phase', phase, 'ends', ends,
    'room_a', a, 'room_b', b, 'score_a', 0, 'score_b', 0, 'rest', rest
  )
  redis.call('SET', K .. 'room:' .. a, id)
  redis.call('SET', K .. 'room:' .. b, id)
  redis.call('ZADD', K .. 'open', ends, id)
  return 'created'
end
if step == 'room' then
  local id = redis.call('GET', K .. 'room:' .. ARGV[2])
  return id and read(id) or {}
end
if step == 'replace' then
  local id, version, phase, ends, rest, done, kept = unpack(ARGV, 2, 8)
  local key = K .. 'battle:' .. id
  if redis.call('HGET', key, 'version') ~= version then return {} end
  redis.call('HSET', key, 'phase', phase, 'ends', ends, 'rest', rest)
  redis.call('HINCRBY', key, 'version', 1)
  if done == '1' then
    redis.call('ZREM', K .. 'open', id)
    redis.call('PEXPIRE', key, kept)
    redis.call('PEXPIRE', K .. 'seen:' .. id, kept)
    for _, side in ipairs(redis.call('HMGET', key, 'room_a', 'room_b')) do
      local of = K .. 'room:' .. side
      if redis.call('GET', of) == id then redis.call('PEXPIRE', of, kept) end
    end
  else
    redis.call('ZADD', K .. 'open', ends, id)
  end
  return read(id)
end
if step == 'score' then
  local id, room, coins, payment, at = unpack(ARGV, 2, 6)
  local key = K .. 'battle:' .. id
  local phase, ends, a, b = unpack(redis.call('HMGET', key, 'phase', 'ends', 'room_a', 'room_b'))
  if not phase then return {} end
  if redis.call('SISMEMBER', K .. 'seen:' .. id, payment) == 1 then return read(id) end
  if phase ~= 'running' or tonumber(at) >= tonumber(ends) or (room ~= a and room ~= b) then
    return {}
  end
  redis.call('SADD', K .. 'seen:' .. id, payment)
  redis.call('HINCRBY', key, room == a and 'score_a' or 'score_b', coins)
  redis.call('HINCRBY', key, 'version', 1)
  return read(id)
end
if step == 'open' then
  local found = {}
  for _, id in ipairs(redis.call('ZRANGE', K .. 'open', 0, tonumber(ARGV[2]) - 1)) do
    found[#found + 1] = read(id)
  end
  return found
end
return redis.error_reply('no such step')
