-- The memory of the server that has a key.
--
-- KEYS: 1 the key, which need not exist.
-- Reply: bytes used; the most that it may use (maxmemory, 0 = no limit).
local info = redis.call('INFO', 'memory')
return { tonumber(string.match(info, 'used_memory:(%d+)')), tonumber(string.match(info, 'maxmemory:(%d+)')) }
