-- Counts a ticket among those that its tenant has.
--
-- KEYS: 1 sorted set of the tenant: hash -> ms up to which it counts.
-- ARGV: 1 hash; 2 ms that it counts; 3 tickets held at most.
-- Reply: 1 if it counts from now on, 0 if there is no room.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
