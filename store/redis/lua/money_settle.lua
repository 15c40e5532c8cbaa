-- include: money
-- Settles a payment. ARGV: account, request, score of its message, milliseconds it is known still.
local of = ARGV[1] .. ' ' .. ARGV[2]
local tx = P .. 'tx:' .. of
if redis.call('HEXISTS', tx, 'order') == 0 then return 0 end
if redis.call('HSETNX', tx, 'score', ARGV[3]) == 0 then return 0 end
redis.call('ZREM', P .. 'outbox', of)
-- What is not settled is never forgotten.
redis.call('PEXPIRE', tx, ARGV[4])
return 1
