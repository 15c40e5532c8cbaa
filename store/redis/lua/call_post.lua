-- Sends letters of a call and wakes who follows it. KEYS[1]: stream and sharded channel. ARGV:
-- milliseconds that letters are kept, most letters, then the letters.
for index = 3, #ARGV do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'letter', ARGV[index])
end
if #ARGV > 2 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
redis.call('SPUBLISH', KEYS[1], '')
return 'done'
