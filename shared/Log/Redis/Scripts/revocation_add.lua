-- Keeps a revocation. What is past its time goes first.
--
-- KEYS: 1 hash "<kind>:<tenant>/<name>" -> "<ms ordered> <ms until> <reason>", empty = undone; 2 sorted set of the
--   same -> number of the last change; 3 sorted set of the same -> ms until; 4 hash of life and version.
-- ARGV: 1 whom; 2 ms ordered; 3 ms until; 4 reason; 5 entries held at most; 6 a life, if there is none; 7 bell.
-- Reply: 0 if there is no room, 1 if it is kept.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local past = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 1000)
if #past > 0 then
  redis.call('HDEL', KEYS[1], unpack(past))
  redis.call('ZREM', KEYS[2], unpack(past))
  redis.call('ZREM', KEYS[3], unpack(past))
end
local at, ends, reason = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local stands = redis.call('HGET', KEYS[1], ARGV[1])
if not stands and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then return 0 end
if stands and stands ~= '' then
  local at0, ends0, reason0 = string.match(stands, '^(%d+) (%d+) (.*)$')
  if tonumber(at0) >= at and tonumber(ends0) >= ends then return 1 end
  if tonumber(at0) > at then at, reason = tonumber(at0), reason0 end
  if tonumber(ends0) > ends then ends = tonumber(ends0) end
end
redis.call('HSETNX', KEYS[4], 'life', ARGV[6])
local version = redis.call('HINCRBY', KEYS[4], 'version', 1)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %.0f ', at, ends) .. reason)
redis.call('ZADD', KEYS[2], version, ARGV[1])
redis.call('ZADD', KEYS[3], string.format('%.0f', ends), ARGV[1])
redis.call('PUBLISH', ARGV[7], '')
return 1
