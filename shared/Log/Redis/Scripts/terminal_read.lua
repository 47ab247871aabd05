-- include terminal.lua
-- Reads a terminal from an exact offset, and says in the same look whether that position still stands.
--
-- KEYS as in terminal.lua. ARGV: 1 offset; 2 epoch ('' = whichever it is); 3 bytes at most, but at least one chunk's
--   rest.
-- Reply: nothing if there is no such terminal; else outcome (0 whole, 1 trimmed, 2 other epoch, 3 not there); epoch;
--   offset where the bytes begin; start; end; exit code or ''; then for each chunk: offset, ms, source, bytes.
local WHOLE, TRIMMED, OTHER_EPOCH, NOT_THERE = 0, 1, 2, 3

local meta = load()
if not meta then return false end
local offset, bytes_max = tonumber(ARGV[1]), tonumber(ARGV[3])
local outcome = WHOLE
if ARGV[2] ~= '' and ARGV[2] ~= meta.epoch then
  outcome, offset = OTHER_EPOCH, meta.start
elseif offset > meta.finish then
  outcome, offset = NOT_THERE, meta.finish
elseif offset < meta.start then
  outcome, offset = TRIMMED, meta.start
end

local reply = { outcome, meta.epoch, offset, meta.start, meta.finish, meta.exit or '' }
local size, bytes, chunks = #reply, 0, 0
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
      reply[size + 1], reply[size + 2], reply[size + 3], reply[size + 4] = begins, slice[i][2][2], slice[i][2][4], data
      size = size + 4
      bytes = bytes + #data
      chunks = chunks + 1
      offset = after
      if bytes >= bytes_max then return reply end
    end
  end
  from = '(' .. slice[#slice][1]
  count = math.max(1, math.min(256, chunks * 2, math.floor((bytes_max - bytes) * chunks / bytes) + 1))
end
return reply
