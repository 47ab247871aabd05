-- Notes that a tenant's terminal has ended, so that it may make room for another.
--
-- KEYS: 1 as in terminal_admit.lua. ARGV: 1 task.
-- Reply: nothing. The first note stays, whoever finds out later: the time is what decides which terminal goes first.
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) > 0 then return false end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], 'XX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
return false
