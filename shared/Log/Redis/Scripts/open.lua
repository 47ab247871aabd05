-- include stream.lua
-- The end of an event stream and its latest values, in one look; gives the stream an epoch if it has none.
--
-- KEYS and ARGV as in stream.lua.
-- Reply: epoch; ms and offset of the last entry; the clock; then state key, value in pairs, in no order.
local now = clock()
local meta = open(now)
local reply = { meta.epoch, meta.ms, meta.last, math.max(now, meta.ms) }
local state = redis.call('HGETALL', KEYS[3])
for i = 1, #state do reply[4 + i] = state[i] end
return reply
