-- include terminal.lua
-- Appends bytes to a terminal.
--
-- KEYS as in terminal.lua. ARGV: 1 a fresh random epoch, used if a new life begins; 2 offset of the first byte ('' =
--   the end); 3 the epoch after whose loss this begins a new life ('' = it doesn't); 4 source; 5 bytes kept at most;
--   6 chunks kept at most; 7 bell channel; 8.. the bytes in pieces of at most 32 KiB.
-- Reply: status (0 stored, 1 duplicate, 2 hole, 3 ended, 4 other epoch); end; epoch; 1 if the terminal was made here.
--
-- Invariants: bytes below the end are never stored again; bytes beyond it never; the chunks kept reach back at least
-- to end - bytes kept, unless they are so small that their number is the limit.
local STORED, DUPLICATE, HOLE, ENDED, OTHER_EPOCH = 0, 1, 2, 3, 4
local LAST_EXACT = 9007199254740991 - 1024 * 1024

local now = clock()
local meta = load()
local made = 0
if not meta then
  made = 1
  meta = { epoch = ARGV[1], start = 0, finish = 0, ms = now, records = 0, exit = false }
  redis.call('HSET', KEYS[2], 'epoch', meta.epoch, 'start', '0', 'end', '0', 'ms', text(now), 'n', '0')
  redis.call('DEL', KEYS[1])
end
if meta.exit then return { ENDED, meta.finish, meta.epoch, made } end

local offset = ARGV[2] == '' and meta.finish or tonumber(ARGV[2])
if offset > LAST_EXACT then return redis.error_reply('ERR offsets of this terminal are used up') end
if ARGV[3] ~= '' then
  if ARGV[3] ~= meta.epoch then return { OTHER_EPOCH, meta.finish, meta.epoch, made } end
  meta.epoch, meta.start, meta.finish, meta.records = ARGV[1], offset, offset, 0
  redis.call('HSET', KEYS[2], 'epoch', meta.epoch, 'start', text(offset), 'end', text(offset), 'n', '0')
  redis.call('DEL', KEYS[1])
end
if offset > meta.finish then return { HOLE, meta.finish, meta.epoch, made } end

local ms = math.max(now, meta.ms)
local before = meta.finish
for i = 8, #ARGV do
  local data = ARGV[i]
  local skip = meta.finish - offset
  offset = offset + #data
  if offset > meta.finish then
    if skip > 0 then data = string.sub(data, skip + 1) end
    redis.call('XADD', KEYS[1], text(offset) .. '-0', 't', text(ms), 's', ARGV[4], 'd', data)
    meta.finish = offset
  end
end
if meta.finish == before then return { DUPLICATE, meta.finish, meta.epoch, made } end

local removed = 0
local oldest = meta.finish - tonumber(ARGV[5])
if oldest > meta.start then
  removed = redis.call('XTRIM', KEYS[1], 'MINID', '=', text(oldest + 1))
end
if redis.call('XLEN', KEYS[1]) > tonumber(ARGV[6]) then
  removed = removed + redis.call('XTRIM', KEYS[1], 'MAXLEN', '=', ARGV[6])
end
if removed > 0 then
  -- The first entry left is bytes: records stand behind bytes only at the very end, which is never trimmed.
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  meta.start = tonumber(string.match(first[1], '^%d+')) - #first[2][6]
end
redis.call('HSET', KEYS[2], 'start', text(meta.start), 'end', text(meta.finish), 'ms', text(ms), 'n', '0')
redis.call('PUBLISH', ARGV[7], '')
return { STORED, meta.finish, meta.epoch, made }
