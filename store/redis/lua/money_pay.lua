-- include: money
-- Pays a gift. ARGV: account, request, room, gift, count, value, the room's share, whether it is big
-- (0, 1), when, the order as JSON, combo and announcement times, milliseconds a payment is known,
-- lines of a ledger, the line's JSON without its balance.
local account, request, room, gift = unpack(ARGV, 1, 4)
local count, value, share = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local at = tonumber(ARGV[9])
local tx = P .. 'tx:' .. account .. ' ' .. request
if redis.call('EXISTS', tx) == 1 then return { 'repeated', redis.call('HGETALL', tx) } end
local wallet = P .. 'wallet:' .. account
local balance = number_in(wallet, 'balance')
if balance < value then return { 'poor', whole(balance) } end
local announce = 0
if ARGV[8] == '1' and at - number_in(wallet, 'announced') >= tonumber(ARGV[12]) then
  announce = 1
  redis.call('HSET', wallet, 'announced', whole(at))
end
local combos = P .. 'combo:' .. account
local combo = count
local of, before, when = string.match(redis.call('HGET', combos, gift) or '', '^(%S+) (%S+) (%S+)$')
if of == room and at - tonumber(when) <= tonumber(ARGV[11]) then combo = combo + tonumber(before) end
redis.call('HSET', combos, gift, room .. ' ' .. whole(combo) .. ' ' .. whole(at))
redis.call('PEXPIRE', combos, 60000)
redis.call('HINCRBY', wallet, 'balance', whole(-value))
redis.call('HINCRBY', wallet, 'spent', whole(value))
enter({ wallets = -value, rooms = share, house = value - share })
redis.call(
  'HSET', tx, 'order', ARGV[10], 'announce', announce, 'combo', whole(combo),
  'balance', whole(balance - value), 'spent', whole(number_in(wallet, 'spent'))
)
redis.call('ZADD', P .. 'outbox', whole(at), account .. ' ' .. request)
note(account, whole(balance - value) .. ' ' .. ARGV[15], tonumber(ARGV[14]))
return { 'paid', redis.call('HGETALL', tx) }
