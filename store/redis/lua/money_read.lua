-- include: money
-- Reads. ARGV: what, then of `wallet`: account; `ledger`: account, first and last place; `outbox`:
-- before when, how many; `books`: cursor over the wallets: sums, the next cursor, and the balances of
-- some wallets.
local what = ARGV[1]
if what == 'wallet' then
  return redis.call('HMGET', P .. 'wallet:' .. ARGV[2], 'balance', 'spent', 'granted')
end
if what == 'ledger' then return redis.call('LRANGE', P .. 'ledger:' .. ARGV[2], ARGV[3], ARGV[4]) end
if what == 'outbox' then
  local found = {}
  local waiting = redis.call('ZRANGEBYSCORE', P .. 'outbox', '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
  for _, of in ipairs(waiting) do found[#found + 1] = redis.call('HGETALL', P .. 'tx:' .. of) end
  return found
end
local answer = redis.call('HMGET', P .. 'books', 'mint', 'wallets', 'rooms', 'house')
local page = redis.call('SSCAN', P .. 'accounts', ARGV[2], 'COUNT', 500)
answer[5] = page[1]
for _, account in ipairs(page[2]) do
  answer[#answer + 1] = redis.call('HGET', P .. 'wallet:' .. account, 'balance')
end
return answer
