-- include leases.lua
-- Gives a lease back.
--
-- KEYS as in leases.lua. ARGV: 1 member; 2 holder; 3 its life.
-- Reply: 1 if it was held by this holder, in this life or an earlier one.
refuse_if_sealed()
local held = redis.call('HGET', KEYS[2], ARGV[1])
if not held then return 0 end
local holder, life = parse_held(held)
if holder ~= ARGV[2] or life > tonumber(ARGV[3]) then return 0 end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
