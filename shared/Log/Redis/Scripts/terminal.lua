-- Common part of the scripts of one terminal; put in front of them where they say `-- include terminal.lua`.
--
-- KEYS (all in one slot):
--   1 log        stream; entry id <offset after the chunk>-<n>. n = 0: bytes, fields t (ms), s (source), d (bytes).
--                n > 0: the end, with fields t (ms), x (exit code)
--   2 meta       hash: epoch, start (offset of the first byte kept), end (offset after the last), ms (of the last
--                append or resize), n (records at the end offset: resizes, then the end), exit (exit code, once ended),
--                size (<columns>x<rows>, now), pause (1 while producers are asked to wait), holder and life (who claimed
--                it last, and in which life), former (who did before, each in its last life), until (ms up to which a lease on it is believed; taken away when the
--                lease is given back or lost, and far behind its expiry: who decides on that is the sweep)
--   3 sizes      sorted set of the resizes: <offset>:<n>:<columns>x<rows>:<ms> -> offset; at most one at an offset,
--                the newest; n = 0 for the size that a new life began with
--   4 readers    sorted set: live reader -> offset it has read to
--   5 readers:at sorted set: live reader -> ms of its last report
--
-- Resizes have a key of their own, and not entries of the log, so that the size at any offset is found at once, and
-- trimming bytes doesn't take the size that the rest has.
-- Invariant: the chunks in log are consecutive, the first begins at `start` and the last ends at `end`; chunks are
-- removed together with moving `start`, so what meta says is there, is there. Resizes stand between two chunks, since
-- they are made at the end. Offsets and ms are below 2^53, as in stream.lua.
local function text(number)
  return string.format('%.0f', number)
end

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function load()
  local meta = redis.call('HMGET', KEYS[2], 'epoch', 'start', 'end', 'ms', 'n', 'exit', 'size', 'pause',
    'holder', 'life', 'until')
  if not meta[1] then return nil end
  return { epoch = meta[1], start = tonumber(meta[2]), finish = tonumber(meta[3]), ms = tonumber(meta[4]),
           records = tonumber(meta[5]), exit = meta[6], size = meta[7], paused = meta[8] == '1',
           holder = meta[9], life = tonumber(meta[10] or 0), leased = tonumber(meta[11] or 0) }
end

-- Makes a terminal that isn't there: never seen, flushed, or not yet written before a crash.
local function make(epoch, now)
  -- First the write that Redis refuses when it is full: a script that was refused must have changed nothing.
  redis.call('HSET', KEYS[2], 'epoch', epoch, 'start', '0', 'end', '0', 'ms', text(now), 'n', '0')
  redis.call('DEL', KEYS[1], KEYS[3], KEYS[4], KEYS[5])
  return { epoch = epoch, start = 0, finish = 0, ms = now, records = 0, exit = false, size = false, paused = false,
           holder = false, life = 0, leased = 0 }
end

local STALE, CLAIMED = 'stale', 'claimed'

-- Of as many of those who had a terminal before its holder the life is known. As in LogLimits.FormerClaimsMax.
local FORMER_MAX = 8

-- Why who wants to write may not; nil if it may, and then the terminal is its own. Without a name ('') it claims nothing.
local function claim(meta, now, holder, life)
  if holder == meta.holder then
    if life < meta.life then return STALE end
    if life == meta.life then return nil end
  elseif meta.leased > now then
    return CLAIMED
  elseif holder == '' then
    return nil
  else
    -- Those who had it before, in their last life, the newest last: "<holder>/<life>" with blanks between.
    local former, kept = redis.call('HGET', KEYS[2], 'former') or '', {}
    for name, last in string.gmatch(former, '([^/ ]+)/(%d+)') do
      if name ~= holder then
        kept[#kept + 1] = name .. '/' .. last
      elseif life < tonumber(last) then
        return STALE
      end
    end
    if meta.holder then kept[#kept + 1] = meta.holder .. '/' .. text(meta.life) end
    redis.call('HSET', KEYS[2], 'former', table.concat(kept, ' ', math.max(1, #kept - FORMER_MAX + 1)))
    redis.call('HDEL', KEYS[2], 'until')
  end
  redis.call('HSET', KEYS[2], 'holder', holder, 'life', text(life))
  meta.holder, meta.life = holder, life
  return nil
end

-- Number, size and ms of a resize as it stands in sizes.
local function parse_size(member)
  return string.match(member, '^%d+:(%d+):(%d+x%d+):(%d+)$')
end

-- Ends a terminal that has not ended: the record for its readers, the code in meta, and from now on a time to live.
local function finish(meta, now, exit, retention, bell)
  local ms = math.max(now, meta.ms)
  redis.call('XADD', KEYS[1], text(meta.finish) .. '-' .. text(meta.records + 1), 't', text(ms), 'x', exit)
  redis.call('HSET', KEYS[2], 'epoch', meta.epoch, 'start', text(meta.start), 'end', text(meta.finish), 'ms', text(ms),
    'n', text(meta.records + 1), 'exit', exit)
  for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], retention) end
  redis.call('PUBLISH', bell, '')
end
