-- include producers.lua
-- Appends to one event stream what one caller or several want stored, each its batch.
--
-- Constants, put in front by who loads it (RedisAppends.cs): DEPTH_MAX depth at which appends are refused (0: never);
--   DEPTH_PAUSE depth at which producers are asked to pause; DEPTH_RESUME depth below which they may resume;
--   READER_LIFE ms that a reader counts after its last report; ENTRIES_MAX entries kept at most; RETENTION ms;
--   MEMORY_MAX bytes of memory that the entries may take; STATE_KEYS_MAX; IDEMPOTENCY_WINDOW ms that an idempotency key
--   is known; IDEMPOTENCY_KEYS_MAX; PRODUCERS_MAX whose numbers are kept; ANSWERS_MAX kept of each;
--   BELL_MAX bytes of envelopes that the bell carries at most.
-- KEYS 1-10 as in stream.lua; 11.. idem:<key>, one for each event with a hash, in order.
-- ARGV 1-2 as in stream.lua; 3 how many events; 4 bell channel; 5 what the names of idempotency keys begin with; then
--   for each event: what it is, a byte of 64 + the sum of 1 first of a batch, 2 sets a state key, 4 deletes one,
--   8 has an idempotency key, 16 has a producer's number; its envelope; with 16 "<producer>/<group>", epoch, number;
--   with 8 the hash of the envelope; with 2 or 4 the state key.
-- Reply: epoch; ms of the entries stored; offset of the first one; depth; 1 if paused; one letter per event (Stored,
--   Duplicate, duplicate of which the id is forgotten (d), Conflict, Pressure, stale producer (Z), Gap, After refused);
--   then, in order, for each Duplicate "<ms>-<offset>.<epoch>" of the first use, and for each Gap the number expected.
--
-- Invariants: either the whole script takes effect or, if Redis is full, nothing; events stored have consecutive
-- offsets; after the first refused event of a batch nothing more of that batch is stored.
local FIXED = 5
local LAST_EXACT = 9007199254740991
-- Trimming by age and number takes whole nodes of the stream: looking for them this often leaves so many more.
local TRIM_EVERY = 16
local call = redis.call

refuse_if_sealed()
local now = clock()
local meta = open(now)
local epoch, last = meta.epoch, meta.last
local ms = math.max(now, meta.ms)
local count = tonumber(ARGV[3])
if last + count > LAST_EXACT then
  return redis.error_reply('ERR offsets of this stream are used up')
end

-- The offset of the slowest live reader; the silent ones found on the way are dropped.
local slowest
while true do
  local reader = call('ZRANGE', KEYS[5], 0, 0, 'WITHSCORES')
  if not reader[1] then break end
  local reported = call('ZSCORE', KEYS[6], reader[1])
  if reported and math.abs(now - tonumber(reported)) <= READER_LIFE then
    slowest = tonumber(reader[2])
    break
  end
  call('ZREM', KEYS[5], reader[1])
  call('ZREM', KEYS[6], reader[1])
end

local first_offset = last + 1
local id_start = text(ms) .. '-'
local before = id_of(meta.ms, meta.last)
local carried, lengths, carried_bytes = {}, {}, 0
local fresh = meta.fresh
local refused, stateful, keyed, producers = false, false, false, nil
local letters, firsts = {}, {}
local idem, at = 10, FIXED

for i = 1, count do
  local what, envelope = string.byte(ARGV[at + 1]) - 64, ARGV[at + 2]
  at = at + 2
  local producer, life, seq, key, hash, state_key
  if what >= 16 then
    what = what - 16
    producers = producers or numbering()
    producer, life, seq = producers.of(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    at = at + 3
  end
  if what >= 8 then
    what = what - 8
    idem = idem + 1
    at = at + 1
    key, hash = KEYS[idem], ARGV[at]
  end
  local deletes = what >= 4
  if deletes then what = what - 4 end
  local sets = what >= 2
  if sets then what = what - 2 end
  if sets or deletes then
    at = at + 1
    state_key = ARGV[at]
  end
  if what == 1 then refused = false end

  local letter, known
  if producer and not refused then letter, known = producers.judge(producer, life, seq) end
  local first = not refused and key and call('GET', key)
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
  elseif DEPTH_MAX > 0 and slowest and last - slowest >= DEPTH_MAX then
    letter = 'P'
    refused = true
  else
    letter = 'S'
    last = last + 1
    local id = id_start .. text(last)
    -- The fraction keeps the order of a batch among equal milliseconds.
    local order = ms + last % 4096 / 4096
    call('XADD', KEYS[1], id, 'e', envelope)
    fresh = fresh + #envelope
    carried_bytes = carried_bytes + #envelope
    if carried_bytes <= BELL_MAX then
      carried[#carried + 1] = envelope
      lengths[#lengths + 1] = #envelope
    end
    if producer then producers.advance(producer, life, seq, ms, last, epoch) end
    if sets then
      call('HSET', KEYS[3], state_key, id .. '.' .. epoch .. '\0' .. envelope)
      call('ZADD', KEYS[4], order, state_key)
      stateful = true
    elseif deletes then
      call('HDEL', KEYS[3], state_key)
      call('ZREM', KEYS[4], state_key)
    end
    if key then
      call('SET', key, hash .. id .. '.' .. epoch, 'PX', IDEMPOTENCY_WINDOW)
      call('ZADD', KEYS[7], order, string.sub(key, #ARGV[5] + 1))
      keyed = true
    end
  end
  letters[i] = letter
end

if last >= first_offset then
  -- Asking for the memory costs as much as an append: once for each sixteenth of the share is often enough.
  if fresh >= MEMORY_MAX / 16 then
    fresh = 0
    trim_to(MEMORY_MAX, '~')
  end
  call('HSET', KEYS[2], 'last', text(last), 'ms', text(ms), 'fresh', text(fresh))
  if last % TRIM_EVERY < last - first_offset + 1 then
    call('XTRIM', KEYS[1], 'MAXLEN', '~', ENTRIES_MAX)
    call('XTRIM', KEYS[1], 'MINID', '~', text(math.max(0, age_clock(now) - RETENTION)))
  end
  if stateful then
    local over = call('ZCARD', KEYS[4]) - STATE_KEYS_MAX
    if over > 0 then
      local oldest = call('ZPOPMIN', KEYS[4], over)
      for i = 1, #oldest, 2 do call('HDEL', KEYS[3], oldest[i]) end
    end
  end
  if keyed then
    local over = call('ZCARD', KEYS[7]) - IDEMPOTENCY_KEYS_MAX
    if over > 0 then
      local oldest = call('ZPOPMIN', KEYS[7], over)
      for i = 1, #oldest, 2 do call('DEL', ARGV[5] .. oldest[i]) end
    end
  end
  if producers then producers.save(ms, PRODUCERS_MAX, ANSWERS_MAX) end
  -- What RedisBell reads. All of it or nothing: who has to read for one event reads the others with it.
  local bell = ''
  if carried_bytes <= BELL_MAX then
    bell = epoch .. ' ' .. before .. ' ' .. text(ms) .. ' ' .. table.concat(lengths, ' ') .. '\n'
      .. table.concat(carried)
  end
  call('PUBLISH', ARGV[4], bell)
end

local depth = slowest and math.max(0, last - slowest) or 0
local paused = meta.paused
if DEPTH_MAX > 0 and depth >= DEPTH_PAUSE then
  paused = true
elseif DEPTH_MAX == 0 or depth < DEPTH_RESUME then
  paused = false
end
if paused ~= meta.paused then
  call('HSET', KEYS[2], 'pause', paused and '1' or '0')
end

local reply = { epoch, ms, first_offset, depth, paused and 1 or 0, table.concat(letters) }
for i = 1, #firsts do reply[6 + i] = firsts[i] end
return reply
