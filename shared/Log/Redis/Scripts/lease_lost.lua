-- include stream.lua
-- Declares a holder lost: the event that says so, and the end of the lease, in one step.
--
-- KEYS 1-10 as in stream.lua, of the stream of the agent or task; 11-13 are 1-3 of leases.lua. ARGV 1-2 as in
--   stream.lua; 3 member; 4 what stands in held; 5 envelope; 6 state key ('' = none); 7 bell channel; 8 1 if a terminal
--   is to be ended then.
-- Reply: 1 if it was lost here; 0 if it was renewed, taken over, given back or declared lost meanwhile.
refuse_if_sealed()
local now = clock()
local expiry = redis.call('ZSCORE', KEYS[11], ARGV[3])
if not expiry or tonumber(expiry) > now or redis.call('HGET', KEYS[12], ARGV[3]) ~= ARGV[4] then return 0 end
local meta = open(now)
local ms = math.max(now, meta.ms)
local id = id_of(ms, meta.last + 1)
redis.call('XADD', KEYS[1], id, 'e', ARGV[5])
redis.call('HSET', KEYS[2], 'last', text(meta.last + 1), 'ms', text(ms), 'fresh', text(meta.fresh + #ARGV[5]))
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[6], id .. '.' .. meta.epoch .. '\0' .. ARGV[5])
  redis.call('ZADD', KEYS[4], text(ms), ARGV[6])
end
redis.call('ZREM', KEYS[11], ARGV[3])
redis.call('HDEL', KEYS[12], ARGV[3])
if ARGV[8] == '1' then redis.call('HSET', KEYS[13], ARGV[3], ARGV[4]) end
redis.call('PUBLISH', ARGV[7], '')
return 1
