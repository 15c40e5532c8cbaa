-- The list of pictures with what they take together. KEYS[1]: hash of `<time> <bytes>` by id, whose
-- field `bytes` is the sum. ARGV: what (add, remove, read), then with add: id, bytes, most pictures,
-- most bytes; with remove: id. Answers 1 when it was done, pictures, bytes.
local index = KEYS[1]
local done = 0
local function total() return tonumber(redis.call('HGET', index, 'bytes') or 0) end
local function count() return math.max(0, redis.call('HLEN', index) - 1) end

if ARGV[1] == 'add' then
  local size = tonumber(ARGV[3])
  if count() < tonumber(ARGV[4]) and total() + size <= tonumber(ARGV[5]) then
    local time = redis.call('TIME')
    local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
    redis.call('HSET', index, ARGV[2], string.format('%.0f', now) .. ' ' .. ARGV[3])
    redis.call('HINCRBY', index, 'bytes', ARGV[3])
    done = 1
  end
elseif ARGV[1] == 'remove' then
  local entry = redis.call('HGET', index, ARGV[2])
  if entry then
    redis.call('HDEL', index, ARGV[2])
    redis.call('HINCRBY', index, 'bytes', -tonumber(string.match(entry, '%d+$')))
    done = 1
  end
end
return { done, count(), total() }
