-- include: people
-- The fields of an account. ARGV: how (id, name), which.
local id = ARGV[2]
if ARGV[1] == 'name' then id = redis.call('HGET', P .. 'names', ARGV[2]) end
if not id then return {} end
return redis.call('HGETALL', account_key(id))
