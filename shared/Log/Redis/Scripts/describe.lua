-- include stream.lua
-- What an event stream holds and how far its slowest live reader is behind. Changes nothing.
--
-- KEYS as in stream.lua. ARGV 1-2 as in stream.lua; 3 ms that a reader counts after its last report.
-- Reply: 1 if the stream exists, else 0; entries; depth; bytes of memory that the entries take.
local meta = redis.call('HMGET', KEYS[2], 'last')
if not meta[1] then return { 0, 0, 0, 0 } end
local now, last, window = clock(), tonumber(meta[1]), tonumber(ARGV[3])
local depth = 0
-- Silent readers are dropped by reports and appends, so there are few of them here.
local readers = redis.call('ZRANGE', KEYS[5], 0, 99, 'WITHSCORES')
for i = 1, #readers, 2 do
  local reported = redis.call('ZSCORE', KEYS[6], readers[i])
  if reported and now - tonumber(reported) <= window then
    depth = math.max(0, last - tonumber(readers[i + 1]))
    break
  end
end
return { 1, redis.call('XLEN', KEYS[1]), depth, redis.call('MEMORY', 'USAGE', KEYS[1]) or 0 }
