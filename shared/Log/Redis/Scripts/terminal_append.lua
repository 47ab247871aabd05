-- include terminal.lua
-- Appends bytes to a terminal.
--
-- KEYS as in terminal.lua. ARGV: 1 a fresh random epoch, used if a new life begins; 2 offset of the first byte ('' =
--   the end); 3 the epoch after whose loss this begins a new life ('' = it doesn't); 4 source; 5 bytes kept at most;
--   6 chunks kept at most; 7 bell channel; 8 depth at which appends are refused (0: never); 9 depth at which producers
--   are asked to pause; 10 depth below which they may resume; 11 ms that a reader counts after its last report; 12 the
--   end that a terminal can have; 13 who writes ('' = it does not say), 14 in which life; 15.. the bytes in pieces of at
--   most 32 KiB.
-- Reply: status (0 stored, 1 duplicate, 2 hole, 3 ended, 4 other epoch, 5 pressure, 6 offsets used up, 7 stale producer,
--   8 claimed by another); end; epoch; 1 if
--   the terminal was made here; depth; 1 if paused; bytes stored. No bytes make no terminal: then its epoch is ''.
--
-- Invariants: bytes below the end are never stored again; bytes beyond it never; the chunks kept reach back at least
-- to end - bytes kept, unless they are so small that their number is the limit.
local STORED, DUPLICATE, HOLE, ENDED, OTHER_EPOCH, PRESSURE, OFFSETS_USED_UP = 0, 1, 2, 3, 4, 5, 6
local OF_CLAIM = { [STALE] = 7, [CLAIMED] = 8 }
local FIXED = 14

local now = clock()
local meta = load()
local made, stored = 0, 0
local limit, window = tonumber(ARGV[8]), tonumber(ARGV[11])

-- The offset of the slowest live reader; the silent ones found on the way are dropped.
local function slowest()
  while true do
    local reader = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
    if not reader[1] then return nil end
    local reported = redis.call('ZSCORE', KEYS[5], reader[1])
    if reported and now - tonumber(reported) <= window then return tonumber(reader[2]) end
    redis.call('ZREM', KEYS[4], reader[1])
    redis.call('ZREM', KEYS[5], reader[1])
  end
end

local function answer(status)
  local reader = slowest()
  local depth = reader and math.max(0, meta.finish - reader) or 0
  local paused = meta.paused
  if limit > 0 and depth >= tonumber(ARGV[9]) then
    paused = true
  elseif limit == 0 or depth < tonumber(ARGV[10]) then
    paused = false
  end
  if paused ~= meta.paused then redis.call('HSET', KEYS[2], 'pause', paused and '1' or '0') end
  return { status, text(meta.finish), meta.epoch, made, text(depth), paused and 1 or 0, stored }
end

if not meta then
  if #ARGV == FIXED then return { DUPLICATE, '0', '', 0, '0', 0, 0 } end
  made = 1
  meta = make(ARGV[1], now)
end
if meta.exit then return answer(ENDED) end
-- Who only asks for the pressure writes nothing.
if #ARGV > FIXED or ARGV[3] ~= '' then
  local refused = claim(meta, now, ARGV[13], tonumber(ARGV[14]))
  if refused then return answer(OF_CLAIM[refused]) end
end

local offset = ARGV[2] == '' and meta.finish or tonumber(ARGV[2])
if ARGV[3] ~= '' then
  if ARGV[3] ~= meta.epoch then return answer(OTHER_EPOCH) end
  meta.epoch, meta.start, meta.finish, meta.records = ARGV[1], offset, offset, 0
  redis.call('HSET', KEYS[2], 'epoch', meta.epoch, 'start', text(offset), 'end', text(offset), 'n', '0')
  redis.call('DEL', KEYS[1], KEYS[3], KEYS[4], KEYS[5])
  if meta.size then
    redis.call('ZADD', KEYS[3], text(offset), text(offset) .. ':0:' .. meta.size .. ':' .. text(now))
  end
  -- Also without a byte there is something to tell its readers.
  redis.call('PUBLISH', ARGV[7], '')
end
if offset > meta.finish then return answer(HOLE) end

local last = offset
for i = FIXED + 1, #ARGV do last = last + #ARGV[i] end
if last <= meta.finish then return answer(DUPLICATE) end
if last > tonumber(ARGV[12]) then return answer(OFFSETS_USED_UP) end
if limit > 0 then
  local reader = slowest()
  if reader and meta.finish - reader >= limit then return answer(PRESSURE) end
end

local ms = math.max(now, meta.ms)
for i = FIXED + 1, #ARGV do
  local data = ARGV[i]
  local skip = meta.finish - offset
  offset = offset + #data
  if offset > meta.finish then
    if skip > 0 then data = string.sub(data, skip + 1) end
    redis.call('XADD', KEYS[1], text(offset) .. '-0', 't', text(ms), 's', ARGV[4], 'd', data)
    meta.finish = offset
    stored = stored + #data
  end
end

local removed = 0
local oldest = meta.finish - tonumber(ARGV[5])
if oldest > meta.start then
  removed = redis.call('XTRIM', KEYS[1], 'MINID', '=', text(oldest + 1))
end
if redis.call('XLEN', KEYS[1]) > tonumber(ARGV[6]) then
  removed = removed + redis.call('XTRIM', KEYS[1], 'MAXLEN', '=', ARGV[6])
end
if removed > 0 then
  -- The first entry left is bytes: the end stands behind bytes only at the very end, which is never trimmed.
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  meta.start = tonumber(string.match(first[1], '^%d+')) - #first[2][6]
  if meta.size then
    local over = redis.call('ZCOUNT', KEYS[3], '-inf', text(meta.start))
    if over > 1 then redis.call('ZREMRANGEBYRANK', KEYS[3], 0, over - 2) end
  end
end
redis.call('HSET', KEYS[2], 'start', text(meta.start), 'end', text(meta.finish), 'ms', text(ms), 'n', '0')
redis.call('PUBLISH', ARGV[7], '')
return answer(STORED)
