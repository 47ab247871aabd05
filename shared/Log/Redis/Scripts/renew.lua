-- include stream.lua
-- Gives an event stream a new epoch, by compare-and-set: only if it still has the one that was found broken.
--
-- KEYS as in stream.lua. ARGV 1-2 as in stream.lua; 3 the epoch found broken; 4 bell channel; 5.. ids that its reader
--   has read lately, newest first.
-- Reply: the present epoch; 1 if it was renewed here.
--
-- Invariant: `prev` and `parted` are both there or both not. They are not if none of the ids stands: then nobody
-- knows where the histories part, and cursors of the old epoch are told that what they miss can't be counted.
refuse_if_sealed()
local meta = open(clock())
if meta.epoch ~= ARGV[3] then return { meta.epoch, 0 } end
local parted
for i = 5, #ARGV do
  if redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1] then
    parted = ARGV[i]
    break
  end
end
if parted then
  redis.call('HSET', KEYS[2], 'epoch', ARGV[1], 'prev', meta.epoch, 'parted', parted)
else
  redis.call('HSET', KEYS[2], 'epoch', ARGV[1])
  redis.call('HDEL', KEYS[2], 'prev', 'parted')
end
redis.call('PUBLISH', ARGV[4], '')
return { ARGV[1], 1 }
