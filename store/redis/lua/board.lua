-- The boards of a room; all their keys are of one slot and begin with KEYS[1]. ARGV: step, then
--   add:    account, payment, name, coins, when, day, milliseconds a payment is known, of a day
--   top:    day or 'all', how many: places in no order among equals
--   since:  mark
local B, step = KEYS[1], ARGV[1]
local function whole(number) return string.format('%.0f', number) end

if step == 'add' then
  local account, payment, name, coins, at, day = unpack(ARGV, 2, 7)
  local seen = B .. 'seen'
  if redis.call('ZADD', seen, 'NX', at, payment) == 0 then return 0 end
  local known = tonumber(ARGV[8])
  redis.call('ZREMRANGEBYSCORE', seen, '-inf', whole(tonumber(at) - known))
  redis.call('PEXPIRE', seen, known)
  redis.call('ZINCRBY', B .. 'day:' .. day, coins, account)
  redis.call('PEXPIRE', B .. 'day:' .. day, ARGV[9])
  redis.call('ZINCRBY', B .. 'day:all', coins, account)
  redis.call('HSET', B .. 'names', account, name)
  redis.call('HINCRBY', B .. 'coins', 'total', coins)
  return 1
end
if step == 'top' then
  local key, last = B .. 'day:' .. ARGV[2], tonumber(ARGV[3]) - 1
  local top = redis.call('ZREVRANGE', key, 0, last, 'WITHSCORES')
  if #top == 0 then return {} end
  -- Of equals at the end all, so that who is shown does not depend on the order here.
  local least = top[#top]
  local found = redis.call('ZREVRANGEBYSCORE', key, '+inf', '(' .. least, 'WITHSCORES')
  local equals = redis.call('ZRANGEBYSCORE', key, least, least, 'LIMIT', 0, last + 1)
  for _, account in ipairs(equals) do
    found[#found + 1] = account
    found[#found + 1] = least
  end
  local answer = {}
  for index = 1, #found, 2 do
    answer[#answer + 1] = found[index]
    answer[#answer + 1] = redis.call('HGET', B .. 'names', found[index])
    answer[#answer + 1] = found[index + 1]
  end
  return answer
end
if step == 'since' then
  local coins = B .. 'coins'
  local total = redis.call('HGET', coins, 'total') or '0'
  local mark = tonumber(redis.call('HGET', coins, 'mark') or 0)
  if mark < tonumber(ARGV[2]) then
    redis.call('HSET', coins, 'mark', ARGV[2], 'base', total)
    return '0'
  end
  if mark > tonumber(ARGV[2]) then return '0' end
  return whole(tonumber(total) - tonumber(redis.call('HGET', coins, 'base')))
end
return redis.error_reply('no such step')
