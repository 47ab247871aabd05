-- Admits a lease among those that its tenant may hold.
--
-- KEYS: 1 sorted set of the tenant: "<a or t>/<agent or task>" -> ms up to which it counts.
-- ARGV: 1 lease; 2 ms that it counts if it isn't renewed; 3 leases held at most; 4 ms that one counts at most: what
--   is further off is from before the clock went back.
-- Reply: 0 if it is not admitted, 1 if it counted before, 2 if it counts from now on.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now + tonumber(ARGV[4])), '+inf')
local counted = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not counted and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
return counted and 1 or 2
