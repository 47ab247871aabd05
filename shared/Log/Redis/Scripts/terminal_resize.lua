-- include terminal.lua
-- Notes that from the end on a terminal has another size; one that isn't there is made.
--
-- KEYS as in terminal.lua. ARGV: 1 a fresh random epoch, used if the terminal is made; 2 columns; 3 rows; 4 resizes
--   kept at most; 5 bell channel; 6 whose screen it is ('' = it does not say), 7 in which life.
-- Reply: status (0 resized, 1 it had this size, 2 ended, 3 stale producer, 4 claimed by another); end; epoch; 1 if the terminal was made here.
local RESIZED, UNCHANGED, ENDED = 0, 1, 2

local now = clock()
local meta = load()
local made = 0
if not meta then
  made = 1
  meta = make(ARGV[1], now)
end
if meta.exit then return { ENDED, text(meta.finish), meta.epoch, made } end
local refused = claim(meta, now, ARGV[6], tonumber(ARGV[7]))
if refused then return { refused == STALE and 3 or 4, text(meta.finish), meta.epoch, made } end
local size = ARGV[2] .. 'x' .. ARGV[3]
if size == meta.size then return { UNCHANGED, text(meta.finish), meta.epoch, made } end

local ms = math.max(now, meta.ms)
local at = text(meta.finish)
local records = meta.records + 1
redis.call('HSET', KEYS[2], 'ms', text(ms), 'n', text(records), 'size', size)
redis.call('ZREMRANGEBYSCORE', KEYS[3], at, at)
redis.call('ZADD', KEYS[3], at, at .. ':' .. text(records) .. ':' .. size .. ':' .. text(ms))
-- The oldest one stays: it is the size at the start.
if redis.call('ZCARD', KEYS[3]) > tonumber(ARGV[4]) then redis.call('ZREMRANGEBYRANK', KEYS[3], 1, 1) end
redis.call('PUBLISH', ARGV[5], '')
return { RESIZED, at, meta.epoch, made }
