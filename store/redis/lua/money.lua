-- What the scripts of the wallets share. Accounts are spread over shards by their id; all keys of a
-- shard are of one slot and begin with KEYS[1], so that each script is one transaction, also in a
-- cluster. What stands below P:
--   wallet:<account>         hash: balance, spent, granted, announced (when a gift was last announced)
--   combo:<account>          hash: gift -> `<room> <count> <when>`
--   tx:<account> <request>   hash: the payment or the grant; forgotten after a while
--   ledger:<account>         list of JSON lines, the newest first; `ledger-number` counts
--   outbox                   sorted set: `<account> <request>` of what is not settled, by its time
--   accounts                 set of those that have a wallet
--   books                    hash: mint, wallets, rooms, house
local P = KEYS[1]

local function number_in(key, field) return tonumber(redis.call('HGET', key, field) or 0) end
local function whole(number) return string.format('%.0f', number) end

local function enter(books)
  for book, coins in pairs(books) do redis.call('HINCRBY', P .. 'books', book, whole(coins)) end
end

-- Keeps the newest lines of an account.
local function note(account, line, most)
  local number = redis.call('INCR', P .. 'ledger-number')
  redis.call('LPUSH', P .. 'ledger:' .. account, whole(number) .. ' ' .. line)
  redis.call('LTRIM', P .. 'ledger:' .. account, 0, most - 1)
end
