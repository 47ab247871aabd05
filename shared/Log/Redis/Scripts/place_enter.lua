-- include places.lua
-- Takes a place for one more connection, if there is one.
--
-- ARGV: 1 worker; 2 subject; 3 places that the worker has with this one, of the tenant, and 4 of the subject; 5 places
--   there are of the tenant, and 6 of the subject; 7 ms that they count if the worker is not heard of again.
-- Reply: 0 taken, 1 all of the tenant's are, 2 all of the subject's are; how many workers have some.
local worker, field = ARGV[1], ARGV[1] .. '/' .. ARGV[2]
local total, of_subject = tonumber(ARGV[3]), tonumber(ARGV[4])
local workers = 1
for _, other in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if other ~= worker then
    workers = workers + 1
    total = total + (tonumber(redis.call('HGET', KEYS[2], other)) or 0)
    of_subject = of_subject + (tonumber(redis.call('HGET', KEYS[3], other .. '/' .. ARGV[2])) or 0)
  end
end
if total > tonumber(ARGV[5]) then return {1, workers} end
if of_subject > tonumber(ARGV[6]) then return {2, workers} end
redis.call('HSET', KEYS[2], worker, ARGV[3])
redis.call('HSET', KEYS[3], field, ARGV[4])
renew(worker, tonumber(ARGV[7]))
return {0, workers}
