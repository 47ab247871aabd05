-- include terminal.lua
-- Notes how far a live reader of a terminal has read.
--
-- KEYS as in terminal.lua. ARGV: 1 reader; 2 offset it has read to; 3 the epoch of that ('' = whichever it is); 4 ms
--   that a report counts.
-- Reply: nothing. Readers that fell silent are dropped, so both sets hold only live ones, and expire with the last.
local meta = load()
if not meta or (ARGV[3] ~= '' and ARGV[3] ~= meta.epoch) then return false end
local now = clock()
local window = tonumber(ARGV[4])
redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[5], now, ARGV[1])
local silent = redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', '(' .. text(now - window), 'LIMIT', 0, 100)
for i = 1, #silent do
  redis.call('ZREM', KEYS[4], silent[i])
  redis.call('ZREM', KEYS[5], silent[i])
end
redis.call('PEXPIRE', KEYS[4], window * 2)
redis.call('PEXPIRE', KEYS[5], window * 2)
return false
