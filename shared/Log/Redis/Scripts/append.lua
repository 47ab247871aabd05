-- include producers.lua
-- Appends a batch to one event stream.
--
-- KEYS 1-10 as in stream.lua; 11.. idem:<key>, one for each event with a hash, in order.
-- ARGV 1-2 as in stream.lua; 3 depth at which appends are refused (0: never); 4 depth at which producers are asked to
--   pause; 5 depth below which they may resume; 6 entries kept at most; 7 retention in ms; 8 state keys kept at most;
--   9 ms that an idempotency key is known; 10 idempotency keys kept at most; 11 ms that a reader counts after its
--   last report; 12 bytes of memory that the entries may take; 13 bell channel; 14 what the names of idempotency keys
--   begin with; 15 bytes of envelopes that the bell carries at most; then for each event: envelope, state key, what becomes of it ('s' set, 'd' deleted, '' no state key),
--   hash of the envelope ('' without idempotency key). If there are events with a producer's number, then for each of
--   them: which event (from 1), "<producer>/<group>", epoch, number; and at the very end: how many events; producers
--   whose numbers are kept at most; answers kept of each at most.
-- Reply: epoch; ms of the entries stored; offset of the first one; depth; 1 if paused; one letter per event (Stored,
--   Duplicate, duplicate of which the id is forgotten (d), Conflict, Pressure, stale producer (Z), Gap, After refused);
--   then, in order, for each Duplicate "<ms>-<offset>.<epoch>" of the first use, and for each Gap the number expected.
--
-- Invariants: either the whole script takes effect or, if Redis is full, nothing; events stored have consecutive
-- offsets; after the first refused event nothing more is stored.
local FIXED = 15
local LAST_EXACT = 9007199254740991

refuse_if_sealed()
local now = clock()
local meta = open(now)
local epoch, last = meta.epoch, meta.last
local ms = math.max(now, meta.ms)
local limit, window = tonumber(ARGV[3]), tonumber(ARGV[11])
local count = (#ARGV - FIXED) / 4
local is_numbered = count % 1 > 0
if is_numbered then count = tonumber(ARGV[#ARGV - 2]) end
if last + count > LAST_EXACT then
  return redis.error_reply('ERR offsets of this stream are used up')
end

-- The offset of the slowest live reader; the silent ones found on the way are dropped.
local slowest
while true do
  local reader = redis.call('ZRANGE', KEYS[5], 0, 0, 'WITHSCORES')
  if not reader[1] then break end
  local reported = redis.call('ZSCORE', KEYS[6], reader[1])
  if reported and math.abs(now - tonumber(reported)) <= window then
    slowest = tonumber(reader[2])
    break
  end
  redis.call('ZREM', KEYS[5], reader[1])
  redis.call('ZREM', KEYS[6], reader[1])
end

local first_offset = last + 1
local before = id_of(meta.ms, meta.last)
local carried, lengths, carried_bytes, carried_max = {}, {}, 0, tonumber(ARGV[15])
local fresh = meta.fresh
local refused, stateful, keyed = false, false, false
local letters, firsts = {}, {}
local idem = 10

-- By event: whose it is, in which life, with which number. Nothing of it is there, and none costs, without producers.
local producers, numbers
if is_numbered then
  producers, numbers = numbering(), {}
  for at = FIXED + count * 4 + 1, #ARGV - 3, 4 do
    numbers[tonumber(ARGV[at])] =
      { producer = producers.of(ARGV[at + 1]), epoch = tonumber(ARGV[at + 2]), seq = tonumber(ARGV[at + 3]) }
  end
end

for i = 1, count do
  local at = FIXED + (i - 1) * 4
  local hash = ARGV[at + 4]
  local key
  if hash ~= '' then
    idem = idem + 1
    key = KEYS[idem]
  end
  local letter, known
  local number = producers and numbers[i]
  if number and not refused then letter, known = producers.judge(number.producer, number.epoch, number.seq) end
  local first = not refused and key and redis.call('GET', key)
  if refused then
    letter = 'A'
  elseif letter and letter ~= 'S' then
    firsts[#firsts + 1] = known
    refused = letter == 'Z' or letter == 'G'
  elseif first then
    if string.sub(first, 1, #hash) == hash then
      letter = 'D'
      firsts[#firsts + 1] = string.sub(first, #hash + 1)
    else
      letter = 'C'
      refused = true
    end
  elseif limit > 0 and slowest and last - slowest >= limit then
    letter = 'P'
    refused = true
  else
    letter = 'S'
    last = last + 1
    local id = id_of(ms, last)
    redis.call('XADD', KEYS[1], id, 'e', ARGV[at + 1])
    fresh = fresh + #ARGV[at + 1]
    carried_bytes = carried_bytes + #ARGV[at + 1]
    if carried_bytes <= carried_max then
      carried[#carried + 1] = ARGV[at + 1]
      lengths[#lengths + 1] = #ARGV[at + 1]
    end
    if number then producers.advance(number.producer, number.epoch, number.seq, ms, last, epoch) end
    -- The fraction keeps the order of a batch among equal milliseconds.
    local order = ms + last % 4096 / 4096
    if ARGV[at + 3] == 's' then
      redis.call('HSET', KEYS[3], ARGV[at + 2], id .. '.' .. epoch .. '\0' .. ARGV[at + 1])
      redis.call('ZADD', KEYS[4], string.format('%.17g', order), ARGV[at + 2])
      stateful = true
    elseif ARGV[at + 3] == 'd' then
      redis.call('HDEL', KEYS[3], ARGV[at + 2])
      redis.call('ZREM', KEYS[4], ARGV[at + 2])
    end
    if key then
      redis.call('SET', key, hash .. id .. '.' .. epoch, 'PX', ARGV[9])
      redis.call('ZADD', KEYS[7], string.format('%.17g', order), string.sub(key, #ARGV[14] + 1))
      keyed = true
    end
  end
  letters[i] = letter
end

if last >= first_offset then
  -- Asking for the memory costs as much as an append: once for each sixteenth of the share is often enough.
  local share = tonumber(ARGV[12])
  if fresh >= share / 16 then
    fresh = 0
    trim_to(share, '~')
  end
  redis.call('HSET', KEYS[2], 'last', text(last), 'ms', text(ms), 'fresh', text(fresh))
  redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[6])
  redis.call('XTRIM', KEYS[1], 'MINID', '~', text(math.max(0, age_clock(now) - tonumber(ARGV[7]))))
  if stateful then
    local over = redis.call('ZCARD', KEYS[4]) - tonumber(ARGV[8])
    if over > 0 then
      local oldest = redis.call('ZPOPMIN', KEYS[4], over)
      for i = 1, #oldest, 2 do redis.call('HDEL', KEYS[3], oldest[i]) end
    end
  end
  if keyed then
    local over = redis.call('ZCARD', KEYS[7]) - tonumber(ARGV[10])
    if over > 0 then
      local oldest = redis.call('ZPOPMIN', KEYS[7], over)
      for i = 1, #oldest, 2 do redis.call('DEL', ARGV[14] .. oldest[i]) end
    end
  end
  if producers then producers.save(ms, tonumber(ARGV[#ARGV - 1]), tonumber(ARGV[#ARGV])) end
  -- What RedisBell reads. All of it or nothing: who has to read for one event reads the others with it.
  local bell = ''
  if carried_bytes <= carried_max then
    bell = epoch .. ' ' .. before .. ' ' .. text(ms) .. ' ' .. table.concat(lengths, ' ') .. '\n'
      .. table.concat(carried)
  end
  redis.call('PUBLISH', ARGV[13], bell)
end

local depth = slowest and math.max(0, last - slowest) or 0
local paused = meta.paused
if limit > 0 and depth >= tonumber(ARGV[4]) then
  paused = true
elseif limit == 0 or depth < tonumber(ARGV[5]) then
  paused = false
end
if paused ~= meta.paused then
  redis.call('HSET', KEYS[2], 'pause', paused and '1' or '0')
end

local reply = { epoch, ms, first_offset, depth, paused and 1 or 0, table.concat(letters) }
for i = 1, #firsts do reply[6 + i] = firsts[i] end
return reply
