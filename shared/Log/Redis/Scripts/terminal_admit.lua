-- Admits a terminal among those that its tenant may keep.
--
-- KEYS: 1 sorted set of the tenant: task -> 0 while open, else the ms at which it ended.
-- ARGV: 1 task; 2 terminals kept at most; 3 ms that a terminal is kept after its end; 4 1 if the terminal was just made:
--   then what is noted of its end is of an earlier life.
-- Reply: '' if it is admitted; '!' if all that are kept are open; else the task that ended longest ago: it made room
--   and is to be deleted.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  if ARGV[4] == '1' then redis.call('ZADD', KEYS[1], 0, ARGV[1]) end
  return ''
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '1', string.format('%.0f', now - tonumber(ARGV[3])))
local oldest = ''
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  oldest = redis.call('ZRANGEBYSCORE', KEYS[1], '1', '+inf', 'LIMIT', 0, 1)[1]
  if not oldest then return '!' end
end
redis.call('ZADD', KEYS[1], 0, ARGV[1])
if oldest ~= '' then redis.call('ZREM', KEYS[1], oldest) end
return oldest
