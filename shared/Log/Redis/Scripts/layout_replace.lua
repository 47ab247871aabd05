-- Changes the layout, if it still is what it was.
--
-- KEYS: 1 layout. ARGV: 1 what it must be; 2 what it becomes.
-- Reply: 1 if it was changed.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
