-- Notes that a tenant's terminal has ended, so that it may make room for another.
--
-- KEYS: 1 as in terminal_admit.lua. ARGV: 1 task.
-- Reply: nothing.
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], 'XX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
return false
