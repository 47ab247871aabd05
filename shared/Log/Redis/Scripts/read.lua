-- include stream.lua
-- Reads an event stream after a cursor, and says in the same look whether the cursor still stands.
--
-- KEYS as in stream.lua. ARGV 1-2 as in stream.lua; 3, 4, 5 ms, offset and epoch of the cursor ('' = none); 6 entries
--   at most; 7 envelope bytes at most.
-- Reply: outcome (0 whole, 1 trimmed, 2 other epoch, 3 not there); present epoch; ms and offset where the read
--   started; entries missing (-1 unknown); ms and offset of the last entry; the clock; then id, envelope in pairs.
--
-- Invariants: entries begin right after the start named in the reply, without holes; at least one is returned if
-- there is any. A cursor at offset 0 stands before the first entry, whatever its ms.
local WHOLE, TRIMMED, OTHER_EPOCH, NOT_THERE = 0, 1, 2, 3
local UNKNOWN = -1

local now = clock()
local meta = open(now)
local cursor_ms, cursor_offset, cursor_epoch = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local entries_max, bytes_max = tonumber(ARGV[6]), tonumber(ARGV[7])

local function slice(from, count)
  return redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', count)
end

-- ms and offset of the position before the first entry that is left; the end if none is.
local function before_first(first)
  if not first then return meta.ms, meta.last end
  local ms, offset = parse(first[1])
  return ms, offset - 1
end

-- Where a position of this line of history stands: outcome, ms, offset, missing. `first` is the first entry left, or
-- nil.
local function locate(ms, offset, first, standing)
  if standing or (offset == 0 and meta.last == 0) then return WHOLE, ms, offset, 0 end
  local first_ms, before = before_first(first)
  local behind = offset == 0 or ms < first_ms or (ms == first_ms and offset <= before)
  if offset > before or not behind then return NOT_THERE, first_ms, before, UNKNOWN end
  if offset == before then
    -- With nothing left, only the very end can be the cursor's entry.
    if not first and ms ~= meta.ms then return NOT_THERE, first_ms, before, UNKNOWN end
    return WHOLE, ms, offset, 0
  end
  return TRIMMED, first_ms, before, before - offset
end

local function stands(ms, offset)
  return offset > 0 and redis.call('XRANGE', KEYS[1], id_of(ms, offset), id_of(ms, offset))[1] ~= nil
end

local outcome, start_ms, start_offset, missing
local ahead
if cursor_epoch == meta.epoch then
  -- The common case costs one XRANGE: the entry of the cursor itself, then what comes after it.
  ahead = slice(id_of(cursor_ms, cursor_offset), math.min(entries_max + 1, 33))
  local standing = cursor_offset > 0 and ahead[1] and ahead[1][1] == id_of(cursor_ms, cursor_offset)
  if standing then
    table.remove(ahead, 1)
    outcome, start_ms, start_offset, missing = WHOLE, cursor_ms, cursor_offset, 0
  else
    outcome, start_ms, start_offset, missing = locate(cursor_ms, cursor_offset, slice('-', 1)[1], false)
    ahead = nil
  end
else
  local first = slice('-', 1)[1]
  outcome, missing = OTHER_EPOCH, UNKNOWN
  start_ms, start_offset = before_first(first)
  if meta.prev and cursor_epoch == meta.prev and meta.parted then
    local parted_ms, parted_offset = parse(meta.parted)
    if cursor_offset <= parted_offset then
      local place, ms, offset, lost = locate(cursor_ms, cursor_offset, first, stands(cursor_ms, cursor_offset))
      if place ~= NOT_THERE then start_ms, start_offset, missing = ms, offset, lost end
    else
      local place, ms, offset, lost = locate(parted_ms, parted_offset, first, stands(parted_ms, parted_offset))
      if place ~= NOT_THERE then
        start_ms, start_offset = ms, offset
        missing = cursor_offset - parted_offset + lost
      end
    end
  end
end

local reply = { outcome, meta.epoch, start_ms, start_offset, missing, meta.ms, meta.last, math.max(now, meta.ms) }
local size, entries, bytes = #reply, 0, 0
local from = start_offset == 0 and '-' or '(' .. id_of(start_ms, start_offset)
ahead = ahead or slice(from, math.min(entries_max, 32))
while ahead[1] do
  for i = 1, #ahead do
    local envelope = ahead[i][2][2]
    if entries > 0 and bytes + #envelope > bytes_max then return reply end
    reply[size + 1] = ahead[i][1]
    reply[size + 2] = envelope
    size = size + 2
    entries = entries + 1
    bytes = bytes + #envelope
    if entries == entries_max or bytes >= bytes_max then return reply end
  end
  -- Slices grow with what is read and stay near what the byte limit leaves, so that little is fetched in vain.
  local wanted = math.min(entries_max - entries, entries * 2, math.floor((bytes_max - bytes) * entries / bytes) + 1)
  ahead = slice('(' .. reply[size - 1], math.max(1, math.min(512, wanted)))
end
return reply
