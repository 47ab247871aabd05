-- What scripts of places have in common.
--
-- KEYS: 1 sorted set: worker -> ms up to which its places count; 2 hash: worker -> its places; 3 hash
--   "<worker>/<subject>" -> its places of the subject. No worker's name holds a slash.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- A worker that wasn't heard of for too long has none any more. Rare, so that all fields may be looked at.
local function forget(worker)
  redis.call('ZREM', KEYS[1], worker)
  redis.call('HDEL', KEYS[2], worker)
  local start = worker .. '/'
  for _, field in ipairs(redis.call('HKEYS', KEYS[3])) do
    if string.sub(field, 1, #start) == start then redis.call('HDEL', KEYS[3], field) end
  end
end

for _, worker in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))) do
  forget(worker)
end

local function renew(worker, lease)
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + lease), worker)
  for i = 1, 3 do
    if redis.call('PTTL', KEYS[i]) < lease then redis.call('PEXPIRE', KEYS[i], 4 * lease) end
  end
end
