-- include leases.lua
-- Takes a lease, or renews it.
--
-- KEYS as in leases.lua. ARGV: 1 member; 2 holder; 3 its life; 4 term in ms; 5 what is to stand in held;
--   6 1 if it is only renewed, and not taken by who doesn't have it.
-- Reply: status (0 held, 1 stale, 2 leased by another, 3 lost, and its terminal is about to be ended, 5 not held, and
--   so not renewed); ms at which the lease runs out; 1 if it was held by the same life of the same holder before.
refuse_if_sealed()
local now = clock()
local life = tonumber(ARGV[3])
local held = redis.call('HGET', KEYS[2], ARGV[1])
local renewed = 0
local is_renewal = ARGV[6] == '1'
if held then
  local holder, held_life = parse_held(held)
  local expiry = redis.call('ZSCORE', KEYS[1], ARGV[1]) or '0'
  if holder ~= ARGV[2] then return { 2, expiry, 0 } end
  if held_life > life then return { 1, expiry, 0 } end
  if held_life == life then renewed = 1 elseif is_renewal then return { 5, '0', 0 } end
else
  local lost = redis.call('HGET', KEYS[3], ARGV[1])
  if lost then
    local holder, lost_life = parse_held(lost)
    if holder == ARGV[2] and lost_life >= life then return { 3, '0', 0 } end
    if not is_renewal then redis.call('HDEL', KEYS[3], ARGV[1]) end
  end
  if is_renewal then return { 5, '0', 0 } end
  -- The first one: that nobody looked while there were none says nothing.
  if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SET', KEYS[4], text(now)) end
end
local expiry = text(now + tonumber(ARGV[4]))
redis.call('ZADD', KEYS[1], expiry, ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[5])
return { 0, expiry, renewed }
