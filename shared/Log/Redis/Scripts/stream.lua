-- Common part of the scripts of one event stream; put in front of them where they say `-- include stream.lua`.
--
-- KEYS (the same in all of them, all in one slot):
--   1 log        stream; entry id <ms>-<offset>, one field `e`: the stored envelope
--   2 meta       hash: epoch, last (offset), ms (of the last entry), prev (epoch before), parted (the last id that
--                both epochs share), pause (1 while producers are asked to wait), fresh (bytes appended since the
--                memory of the log was last looked at)
--   3 state      hash: state key -> "<ms>-<offset>.<epoch>" NUL envelope
--   4 state:at   sorted set: state key -> ms of its last update
--   5 readers    sorted set: live reader -> offset it has read to
--   6 readers:at sorted set: live reader -> ms of its last report
--   7 idem:at    sorted set: idempotency key -> ms of its first use
--   8 streams    sorted set of the partition: tenant -> ms of the stream's making; what a sweep visits. The member
--                `!sealed` seals the partition; others with `!` are its clock
--   9 producers  hash: "<producer>/<group>" -> its numbers, as producers.lua has them
--   10 producers:at sorted set: "<producer>/<group>" -> ms of its last event
-- ARGV 1 and 2 are also the same in all: a fresh random epoch, used if the stream needs one; the tenant.
--
-- Invariants: `last` counts the entries ever appended in this line of epochs, without holes; ms never goes back;
-- nothing is in log, state, state:at or producers without meta. Lua numbers are doubles: exact up to 2^53, which ms and offset
-- stay below (append guards it). They are turned into text by `text`, since tostring rounds to 14 digits: as whole
-- numbers of the processor, which is five times as fast as '%.0f', unless they come from afar and may not fit.
local NONE = '0-0'

local function text(number)
  return string.format(number < 9007199254740992 and '%d' or '%.0f', number)
end

local function id_of(ms, offset)
  return text(ms) .. '-' .. text(offset)
end

local function parse(id)
  local ms, offset = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(offset)
end

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- While a log is repartitioned, and for ever after in the partitions of before, nothing may be written. Called before
-- anything was. (error, not error_reply, which Redis 6.2 can't pass through a function.)
local function refuse_if_sealed()
  if redis.call('ZSCORE', KEYS[8], '!sealed') then error('!sealed') end
end

-- The stream's meta; makes a new life of it if there is none: a stream never seen, flushed, or not yet written
-- before a crash.
local function open(now)
  local meta = redis.call('HMGET', KEYS[2], 'epoch', 'last', 'ms', 'prev', 'parted', 'pause', 'fresh')
  if not meta[1] then
    refuse_if_sealed()
    -- First the write that Redis refuses when it is full: a script that was refused must have changed nothing.
    redis.call('HSET', KEYS[2], 'epoch', ARGV[1], 'last', '0', 'ms', '0')
    redis.call('DEL', KEYS[1], KEYS[3], KEYS[4], KEYS[9], KEYS[10])
    redis.call('ZADD', KEYS[8], now, ARGV[2])
    meta = { ARGV[1], '0', '0' }
  end
  return { epoch = meta[1], last = tonumber(meta[2]), ms = tonumber(meta[3]),
           prev = meta[4], parted = meta[5], paused = meta[6] == '1', fresh = tonumber(meta[7] or 0) }
end

-- The clock that ages are counted by: Redis' own, but not beyond what sweeps know of it, and without the jumps that it
-- made lately (see partition_clock.lua).
local function age_clock(now)
  local known = redis.call('ZMSCORE', KEYS[8], '!until', '!held')
  return math.min(now, tonumber(known[1] or now)) - tonumber(known[2] or 0)
end

-- Cuts the oldest part of the log if it takes more memory than its share; how = '=' or '~'. Redis estimates the
-- memory from a few nodes of the stream, so the cut is in proportion. Returns how many entries went.
local function trim_to(share, how)
  local used = redis.call('MEMORY', 'USAGE', KEYS[1])
  if not used or used <= share then return 0 end
  local keep = math.floor(redis.call('XLEN', KEYS[1]) * share / used)
  return redis.call('XTRIM', KEYS[1], 'MAXLEN', how, text(math.max(1, keep)))
end
