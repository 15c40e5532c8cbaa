-- include: money
-- Grants coins. ARGV: account, request, coins, most that may be granted, milliseconds a grant is
-- known, lines of a ledger, the line's JSON without its balance.
local account, coins = ARGV[1], tonumber(ARGV[3])
local tx = P .. 'tx:' .. account .. ' ' .. ARGV[2]
local wallet = P .. 'wallet:' .. account
local known = redis.call('HGET', tx, 'balance')
if known then return { 'repeated', known } end
local balance = number_in(wallet, 'balance')
if number_in(wallet, 'granted') + coins > tonumber(ARGV[4]) then
  return { 'too_many', whole(balance) }
end
redis.call('HINCRBY', wallet, 'balance', whole(coins))
redis.call('SADD', P .. 'accounts', account)
redis.call('HINCRBY', wallet, 'granted', whole(coins))
enter({ mint = -coins, wallets = coins })
redis.call('HSET', tx, 'balance', whole(balance + coins))
redis.call('PEXPIRE', tx, ARGV[5])
note(account, whole(balance + coins) .. ' ' .. ARGV[7], tonumber(ARGV[6]))
return { 'granted', whole(balance + coins) }
