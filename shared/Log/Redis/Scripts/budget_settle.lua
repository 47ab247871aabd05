-- Notes what a worker let through of what a tenant may use in a second.
--
-- KEYS: 1 hash: e and b, events and bytes that were let through and are not yet filled up again; at, ms of then.
-- ARGV: 1 events; 2 bytes, both let through since; 3 events, 4 bytes that are filled up in a second; 5 ms that the hash
--   is kept.
-- Reply: ms until there is room for events, and for bytes. There is while no more than a second's worth is missing.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'at', 'e', 'b')
local past = math.max(0, now - (tonumber(kept[1]) or now))
local function settle(missing, used, rate)
  missing = math.max(0, (tonumber(missing) or 0) - rate * past / 1000) + used
  return missing, math.max(0, math.ceil((missing - rate) * 1000 / rate))
end
local events, wait_events = settle(kept[2], tonumber(ARGV[1]), tonumber(ARGV[3]))
local bytes, wait_bytes = settle(kept[3], tonumber(ARGV[2]), tonumber(ARGV[4]))
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', now), 'e', string.format('%.3f', events),
  'b', string.format('%.3f', bytes))
redis.call('PEXPIRE', KEYS[1], math.max(tonumber(ARGV[5]), 2 * math.max(wait_events, wait_bytes)))
return {wait_events, wait_bytes}
