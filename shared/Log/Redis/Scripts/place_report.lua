-- include places.lua
-- Says how many places a worker has, and that it lives.
--
-- ARGV: 1 worker; 2 its places of the tenant; 3 ms that they count if it is not heard of again; then subjects, each
--   with its places.
-- Reply: 1 if something was known of the worker before, else 0.
local worker = ARGV[1]
local known = redis.call('ZSCORE', KEYS[1], worker) and 1 or 0
if tonumber(ARGV[2]) == 0 then
  forget(worker)
  return 1
end
redis.call('HSET', KEYS[2], worker, ARGV[2])
for i = 4, #ARGV, 2 do
  if ARGV[i + 1] == '0' then
    redis.call('HDEL', KEYS[3], worker .. '/' .. ARGV[i])
  else
    redis.call('HSET', KEYS[3], worker .. '/' .. ARGV[i], ARGV[i + 1])
  end
end
renew(worker, tonumber(ARGV[3]))
return known
