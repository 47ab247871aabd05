-- Common part of the scripts of one terminal; put in front of them where they say `-- include terminal.lua`.
--
-- KEYS (all in one slot):
--   1 log  stream; entry id <offset after the chunk>-<n>. n = 0: bytes, fields t (ms), s (source), d (bytes). n = 1,
--          2, …: records without bytes at that offset; the end has fields t (ms), x (exit code)
--   2 meta hash: epoch, start (offset of the first byte kept), end (offset after the last), ms (of the last append),
--          n (records at the end offset), exit (exit code, once ended)
--
-- Invariant: the chunks in log are consecutive, the first begins at `start` and the last ends at `end`; chunks are
-- removed together with moving `start`, so what meta says is there, is there. Offsets and ms are below 2^53, as in
-- stream.lua.
local function text(number)
  return string.format('%.0f', number)
end

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function load()
  local meta = redis.call('HMGET', KEYS[2], 'epoch', 'start', 'end', 'ms', 'n', 'exit')
  if not meta[1] then return nil end
  return { epoch = meta[1], start = tonumber(meta[2]), finish = tonumber(meta[3]), ms = tonumber(meta[4]),
           records = tonumber(meta[5]), exit = meta[6] }
end

-- Ends a terminal that has not ended: the record for its readers, the code in meta, and from now on a time to live.
local function finish(meta, now, exit, retention, bell)
  local ms = math.max(now, meta.ms)
  redis.call('XADD', KEYS[1], text(meta.finish) .. '-' .. text(meta.records + 1), 't', text(ms), 'x', exit)
  redis.call('HSET', KEYS[2], 'epoch', meta.epoch, 'start', text(meta.start), 'end', text(meta.finish), 'ms', text(ms),
    'n', text(meta.records + 1), 'exit', exit)
  redis.call('PEXPIRE', KEYS[1], retention)
  redis.call('PEXPIRE', KEYS[2], retention)
  redis.call('PUBLISH', bell, '')
end
