-- What the scripts of accounts, sessions and rooms share. All their keys are of one slot and begin
-- with KEYS[1], so that each script is one transaction, also in a cluster.
local P = KEYS[1]

local function account_key(id) return P .. 'account:' .. id end
local function room_key(id) return P .. 'room:' .. id end
local function session_key(token) return P .. 'session:' .. token end

-- Whether somebody else has this folded name as a name or shows it.
local function is_shown(key, except)
  local id = redis.call('HGET', P .. 'names', key)
  if id and id ~= except then return true end
  id = redis.call('HGET', P .. 'displays', key)
  return id and id ~= except or false
end

-- Whether another administrator can log in.
local function has_other_admin(except)
  for _, id in ipairs(redis.call('SMEMBERS', P .. 'admins')) do
    if id ~= except and redis.call('HGET', account_key(id), 'suspended') == '0' then return true end
  end
  return false
end

-- Counts who shows a picture.
local function count_picture(image, by)
  if not image then return end
  if redis.call('HINCRBY', P .. 'images', image, by) <= 0 then
    redis.call('HDEL', P .. 'images', image)
  end
end

local function end_session(token)
  local owner = redis.call('HGET', session_key(token), 'accountId')
  if not owner then return 0 end
  redis.call('DEL', session_key(token))
  redis.call('ZREM', P .. 'sessions-of:' .. owner, token)
  redis.call('ZREM', P .. 'session-ends', token)
  return 1
end

local function end_sessions(account, except)
  local ended = 0
  for _, token in ipairs(redis.call('ZRANGE', P .. 'sessions-of:' .. account, 0, -1)) do
    if token ~= except then ended = ended + end_session(token) end
  end
  return ended
end

-- A room's fields with its owner's; nil when unknown.
local function read_room(id)
  local room = redis.call('HGETALL', room_key(id))
  if #room == 0 then return nil end
  local owner = redis.call('HGET', room_key(id), 'ownerId')
  return {
    room,
    redis.call('HMGET', account_key(owner), 'name', 'displayName', 'avatar', 'suspended'),
    redis.call('SCARD', P .. 'followers:' .. id),
  }
end
