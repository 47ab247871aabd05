-- Lists a terminal with the partition whose sweep looks after it; one that is listed stays as it is.
--
-- KEYS: 1 terminals of the partition, as in terminals_due.lua; 2 streams of the partition, as in stream.lua.
-- ARGV: 1 <tenant>/<task>.
-- Reply: nothing. Refused while the partition is sealed: a terminal listed there after it was copied would be lost.
if redis.call('ZSCORE', KEYS[2], '!sealed') then error('!sealed') end
redis.call('ZADD', KEYS[1], 'NX', 0, ARGV[1])
return false
