-- include: people
-- Lists of moderation. A list is a hash of "<time> <end or -> <value>" by item, and the items by
-- time. ARGV: what (put, remove, get, list), then as each says.
local function key_of(list) return P .. 'moderation:' .. list end
local function ends(line) return tonumber(string.match(line, '^%S+ (%S+)')) end

local function drop(key, item)
  redis.call('ZREM', key .. ':times', item)
  return redis.call('HDEL', key, item)
end

-- list, item, time, end or -, value, most, overflow, now, 1 when the item is an account
local function put(list, item, at, till, value, most, overflow, now, about)
  local key = key_of(list)
  local times = key .. ':times'
  most, now = tonumber(most), tonumber(now)
  if redis.call('HEXISTS', key, item) == 0 and redis.call('HLEN', key) >= most then
    local all = redis.call('HGETALL', key)
    for index = 1, #all, 2 do
      local over = ends(all[index + 1])
      if over and over <= now then drop(key, all[index]) end
    end
    if redis.call('HLEN', key) >= most then
      if overflow == 'refuse' then return 'too_many' end
      local oldest = redis.call('ZRANGE', times, 0, 0)[1]
      if oldest then drop(key, oldest) end
    end
  end
  redis.call('HSET', key, item, at .. ' ' .. till .. ' ' .. value)
  redis.call('ZADD', times, at, item)
  if about == '1' then redis.call('SADD', P .. 'moderation-of:' .. item, key) end
  return 'done'
end

-- list, how many, now
local function read(list, limit, now)
  local key = key_of(list)
  limit, now = tonumber(limit), tonumber(now)
  local found, from = {}, 0
  while #found < limit * 2 do
    local items = redis.call('ZRANGE', key .. ':times', from, from + 199, 'REV')
    if #items == 0 then break end
    local lines = redis.call('HMGET', key, unpack(items))
    for index, item in ipairs(items) do
      local line = lines[index]
      if line and not (ends(line) and ends(line) <= now) and #found < limit * 2 then
        table.insert(found, item)
        table.insert(found, line)
      end
    end
    from = from + 200
  end
  return found
end

local what = ARGV[1]
if what == 'put' then return put(unpack(ARGV, 2)) end
if what == 'list' then return read(unpack(ARGV, 2)) end
if what == 'remove' then
  redis.call('SREM', P .. 'moderation-of:' .. ARGV[3], key_of(ARGV[2]))
  return drop(key_of(ARGV[2]), ARGV[3])
end
local lines = {}
for index = 2, #ARGV, 2 do
  table.insert(lines, redis.call('HGET', key_of(ARGV[index]), ARGV[index + 1]))
end
return lines
