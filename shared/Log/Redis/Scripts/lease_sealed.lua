-- include leases.lua
-- Notes that the terminal of a task that was lost has been ended.
--
-- KEYS as in leases.lua. ARGV: 1 member; 2 what stood in held.
-- Reply: nothing. If the task was lost again meanwhile, that one is still to be done.
refuse_if_sealed()
if redis.call('HGET', KEYS[3], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[3], ARGV[1]) end
return false
