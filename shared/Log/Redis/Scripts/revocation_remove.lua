-- Undoes a revocation. That it was undone is kept as long as it would have been: others have it still.
--
-- KEYS: as in revocation_add.lua.
-- ARGV: 1 whom; 2 bell.
-- Reply: 1 if there was one, else 0.
local stands = redis.call('HGET', KEYS[1], ARGV[1])
if not stands or stands == '' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], '')
redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[4], 'version', 1), ARGV[1])
redis.call('PUBLISH', ARGV[2], '')
return 1
