-- include stream.lua
-- Housekeeping of one event stream, which appends do only while there are any.
--
-- KEYS as in stream.lua. ARGV 1-2 as in stream.lua; 3 retention in ms; 4 bytes of memory that the entries may take 5
--   ms after which a state value not updated expires; 6 ms that an idempotency key is known; 7 ms without appends,
--   readers, entries and state after which the stream itself is forgotten; 8 ms that a producer's numbers are known.
-- Reply: entries removed; state keys expired.
--
-- Cut-offs are exact here (=), because a quiet stream gets no second chance from the next append.
local STATE_BATCH = 1000

local now = clock()
local meta = redis.call('HMGET', KEYS[2], 'epoch', 'ms')
if not meta[1] then
  redis.call('ZREM', KEYS[8], ARGV[2])
  return { 0, 0 }
end

local removed = redis.call('XTRIM', KEYS[1], 'MINID', '=', text(math.max(0, now - tonumber(ARGV[3]))))
removed = removed + trim_to(tonumber(ARGV[4]), '=')

local stale = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', text(now - tonumber(ARGV[5])), 'LIMIT', 0, STATE_BATCH)
if stale[1] then
  redis.call('HDEL', KEYS[3], unpack(stale))
  redis.call('ZREM', KEYS[4], unpack(stale))
end
local silent = redis.call('ZRANGEBYSCORE', KEYS[10], '-inf', text(now - tonumber(ARGV[8])), 'LIMIT', 0, STATE_BATCH)
if silent[1] then
  redis.call('HDEL', KEYS[9], unpack(silent))
  redis.call('ZREM', KEYS[10], unpack(silent))
end
redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', text(now - tonumber(ARGV[6])))

-- Streams of tenants that left must not stay for ever; one with a live reader or anything to show does.
local idle = now - math.max(tonumber(meta[2]), tonumber(redis.call('ZSCORE', KEYS[8], ARGV[2]) or now))
if idle > tonumber(ARGV[7]) and redis.call('EXISTS', KEYS[3], KEYS[5]) == 0 and redis.call('XLEN', KEYS[1]) == 0 then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[4], KEYS[6], KEYS[7], KEYS[9], KEYS[10])
  redis.call('ZREM', KEYS[8], ARGV[2])
end
return { removed, #stale }
