-- include terminal.lua
-- Reads a terminal from an exact offset, and says in the same look whether that position still stands.
--
-- KEYS as in terminal.lua. ARGV: 1 offset; 2 epoch ('' = whichever it is); 3 bytes at most, but at least one chunk's
--   rest; 4 number of the last record at the offset that was read already; 5 chunks at most.
-- Reply: nothing if there is no such terminal; else outcome (0 whole, 1 trimmed, 2 other epoch, 3 not there); epoch;
--   offset where the bytes begin; start; end; exit code or ''; records at the end; size now or ''; size at the offset
--   or ''; then for each chunk: offset, ms, source, bytes, and for each resize where it stands: offset, ms, its number
--   below 0, size.
local WHOLE, TRIMMED, OTHER_EPOCH, NOT_THERE = 0, 1, 2, 3

local meta = load()
if not meta then return false end
local offset, bytes_max, records = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local outcome = WHOLE
if ARGV[2] ~= '' and ARGV[2] ~= meta.epoch then
  outcome, offset, records = OTHER_EPOCH, meta.start, 0
elseif offset > meta.finish then
  outcome, offset, records = NOT_THERE, meta.finish, 0
elseif offset < meta.start then
  outcome, offset, records = TRIMMED, meta.start, 0
end

-- Resizes from the offset on, a page at a time: thousands may follow, of which a read passes few.
local SIZES_PAGE = 32
local sizes, next_size, size_here = {}, 1, ''
local function load_sizes(from)
  sizes = redis.call('ZRANGEBYSCORE', KEYS[3], from, '+inf', 'WITHSCORES', 'LIMIT', 0, SIZES_PAGE)
  next_size = 1
end

if meta.size then
  local here = redis.call('ZREVRANGEBYSCORE', KEYS[3], text(offset), '-inf', 'LIMIT', 0, 1)[1]
  if here then
    local _, size = parse_size(here)
    size_here = size
  end
  load_sizes(text(offset))
  -- One of these stands at the offset itself at most.
  if sizes[1] and tonumber(sizes[2]) == offset and tonumber((parse_size(sizes[1]))) <= records then next_size = 3 end
end

local reply = { outcome, meta.epoch, text(offset), text(meta.start), text(meta.finish), meta.exit or '',
                text(meta.records), meta.size or '', size_here }
local size, bytes, chunks = #reply, 0, 0

local function add(at, ms, source, data)
  reply[size + 1], reply[size + 2], reply[size + 3], reply[size + 4] = at, ms, source, data
  size = size + 4
end

-- The resizes that stand before the byte at an offset.
local function add_sizes(until_offset)
  while sizes[next_size] and tonumber(sizes[next_size + 1]) <= until_offset do
    local number, dimensions, ms = parse_size(sizes[next_size])
    add(text(sizes[next_size + 1]), ms, -tonumber(number), dimensions)
    next_size = next_size + 2
    if next_size > 2 * SIZES_PAGE then load_sizes('(' .. sizes[next_size - 1]) end
  end
end

local count = 8
local from = text(offset + 1)
while offset < meta.finish do
  local slice = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', count)
  if not slice[1] then return reply end
  for i = 1, #slice do
    local data = slice[i][2][6]
    if data then
      local after = tonumber(string.match(slice[i][1], '^%d+'))
      local begins = after - #data
      if begins < offset then
        data = string.sub(data, offset - begins + 1)
        begins = offset
      end
      if bytes > 0 and bytes + #data > bytes_max then return reply end
      add_sizes(begins)
      add(text(begins), slice[i][2][2], slice[i][2][4], data)
      bytes = bytes + #data
      chunks = chunks + 1
      offset = after
      if (bytes >= bytes_max or chunks >= tonumber(ARGV[5])) and offset < meta.finish then return reply end
    end
  end
  from = '(' .. slice[#slice][1]
  count = math.max(1, math.min(256, chunks * 2, math.floor((bytes_max - bytes) * chunks / bytes) + 1))
end
add_sizes(meta.finish)
return reply
