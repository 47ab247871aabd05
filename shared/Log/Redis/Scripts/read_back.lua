-- include stream.lua
-- Reads an event stream backwards from a position or from its end.
--
-- KEYS as in stream.lua. ARGV 1-2 as in stream.lua; 3, 4, 5 ms ('' = from the end), offset and epoch of the position;
--   6 entries at most; 7 envelope bytes at most.
-- Reply: outcome (0 whole, 1 trimmed, 2 other epoch, 3 not there); present epoch; ms and offset of the last entry;
--   1 if older entries are retained; then id, envelope in pairs, newest first.
--
-- Invariants: a position is a place between entries: what lies before it are the entries with a lower id, and the
-- first of them has the offset right below its own; no entry need stand at it. At least one entry is returned if
-- there is any.
local WHOLE, TRIMMED, OTHER_EPOCH, NOT_THERE = 0, 1, 2, 3

local meta = open(clock())
local entries_max, bytes_max = tonumber(ARGV[6]), tonumber(ARGV[7])

local function slice(to, count)
  return redis.call('XREVRANGE', KEYS[1], to, '-', 'COUNT', count)
end

local function outcome_of(ms, offset, epoch, newest, first)
  local lost = NOT_THERE
  if epoch ~= meta.epoch then
    -- What two epochs share is the same history under both.
    lost = OTHER_EPOCH
    if epoch ~= meta.prev or not meta.parted then return lost end
    local _, parted = parse(meta.parted)
    if offset > parted then return lost end
  end
  if newest then
    local _, below = parse(newest[1])
    return below == offset - 1 and WHOLE or lost
  end
  local first_offset = meta.last + 1
  if first then first_offset = select(2, parse(first[1])) end
  if offset > first_offset then return lost end
  return offset == first_offset and WHOLE or TRIMMED
end

local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local outcome, page = WHOLE, nil
if ARGV[3] == '' then
  page = slice('+', math.min(entries_max, 32))
else
  local ms, offset = tonumber(ARGV[3]), tonumber(ARGV[4])
  -- Redis takes no range that ends before its lowest id.
  page = ms + offset == 0 and {} or slice('(' .. id_of(ms, offset), math.min(entries_max, 32))
  outcome = outcome_of(ms, offset, ARGV[5], page[1], first)
end

local reply = { outcome, meta.epoch, meta.ms, meta.last, 0 }
if outcome ~= WHOLE then return reply end

local FIXED = #reply
local size, entries, bytes, full = FIXED, 0, 0, false
while page[1] and not full do
  for i = 1, #page do
    local envelope = page[i][2][2]
    full = entries > 0 and bytes + #envelope > bytes_max
    if full then break end
    reply[size + 1] = page[i][1]
    reply[size + 2] = envelope
    size = size + 2
    entries = entries + 1
    bytes = bytes + #envelope
    full = entries == entries_max or bytes >= bytes_max
    if full then break end
  end
  if not full then
    -- As in read.lua: slices stay near what the byte limit leaves.
    local wanted = math.min(entries_max - entries, entries * 2, math.floor((bytes_max - bytes) * entries / bytes) + 1)
    page = slice('(' .. reply[size - 1], math.max(1, math.min(512, wanted)))
  end
end
if entries > 0 and reply[size - 1] ~= first[1] then reply[FIXED] = 1 end
return reply
