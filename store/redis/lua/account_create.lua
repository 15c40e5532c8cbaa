-- include: people
-- Inserts an account. ARGV: mode (create, first, put), id, folded name, admin (0, 1), time of
-- creation, avatar or '', password hash, then fields and values.
local mode, id, name_key, admin, created, avatar, hash =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]

if mode == 'first' and redis.call('SCARD', P .. 'admins') > 0 then return 'admin_exists' end
if mode == 'put' then
  local existing = redis.call('HGET', P .. 'names', name_key)
  if existing then
    redis.call('HSET', account_key(existing), 'admin', '1', 'suspended', '0', 'passwordHash', hash)
    redis.call('SADD', P .. 'admins', existing)
    end_sessions(existing, '')
    return redis.call('HGETALL', account_key(existing))
  end
  -- Whoever shows this name as a display name gives it up: the configuration decides.
  local shower = redis.call('HGET', P .. 'displays', name_key)
  if shower then
    redis.call('HDEL', account_key(shower), 'displayName', 'displayKey')
    redis.call('HDEL', P .. 'displays', name_key)
  end
end
if is_shown(name_key, '') or redis.call('EXISTS', account_key(id)) == 1 then return 'name_taken' end
redis.call('HSET', account_key(id), unpack(ARGV, 8))
redis.call('HSET', P .. 'names', name_key, id)
redis.call('ZADD', P .. 'accounts', created, id)
if admin == '1' then redis.call('SADD', P .. 'admins', id) end
if avatar ~= '' then count_picture(avatar, 1) end
if mode == 'put' then return redis.call('HGETALL', account_key(id)) end
return 'created'
