-- The terminals of a partition that a sweep should look at now.
--
-- KEYS: 1 terminals, sorted set of the partition: <tenant>/<task> -> ms at which to look at it (0 = at the next
--   sweep).
-- ARGV: 1 how many at most.
-- Reply: their names.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
