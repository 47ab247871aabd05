-- include stream.lua
-- Notes how far a live reader of an event stream has read.
--
-- KEYS as in stream.lua. ARGV 1-2 as in stream.lua; 3 reader; 4 offset it has read to; 5 ms that a report counts.
-- Reply: nothing. Readers that fell silent are dropped, so both sets hold only live ones, and expire with the last.
local now = clock()
local window = tonumber(ARGV[5])
redis.call('ZADD', KEYS[5], ARGV[4], ARGV[3])
redis.call('ZADD', KEYS[6], now, ARGV[3])
local silent = redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', '(' .. text(now - window), 'LIMIT', 0, 100)
for i = 1, #silent do
  redis.call('ZREM', KEYS[5], silent[i])
  redis.call('ZREM', KEYS[6], silent[i])
end
redis.call('PEXPIRE', KEYS[5], window * 2)
redis.call('PEXPIRE', KEYS[6], window * 2)
return false
