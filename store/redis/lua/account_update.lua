-- include: people
-- Changes an account. ARGV: id; display: keep, clear or set, name, folded; avatar: keep, clear or
-- set, id; password hash or ''; admin: '', 0, 1; suspended: '', 0, 1.
local id, display, display_name, display_key, avatar, image, hash, admin, suspended =
  unpack(ARGV)
local key = account_key(id)
if redis.call('EXISTS', key) == 0 then return 'unknown' end
if admin == '0' or suspended == '1' then
  local now = redis.call('HMGET', key, 'admin', 'suspended')
  if now[1] == '1' and now[2] == '0' and not has_other_admin(id) then return 'last_admin' end
end
if display == 'set' and is_shown(display_key, id) then return 'name_taken' end
if display ~= 'keep' then
  local before = redis.call('HGET', key, 'displayKey')
  if before then redis.call('HDEL', P .. 'displays', before) end
  redis.call('HDEL', key, 'displayName', 'displayKey')
end
if display == 'set' then
  redis.call('HSET', key, 'displayName', display_name, 'displayKey', display_key)
  redis.call('HSET', P .. 'displays', display_key, id)
end
if avatar ~= 'keep' then
  count_picture(redis.call('HGET', key, 'avatar'), -1)
  redis.call('HDEL', key, 'avatar')
end
if avatar == 'set' then
  redis.call('HSET', key, 'avatar', image)
  count_picture(image, 1)
end
if hash ~= '' then redis.call('HSET', key, 'passwordHash', hash) end
if admin ~= '' then
  redis.call('HSET', key, 'admin', admin)
  redis.call(admin == '1' and 'SADD' or 'SREM', P .. 'admins', id)
end
if suspended ~= '' then redis.call('HSET', key, 'suspended', suspended) end
return redis.call('HGETALL', key)
