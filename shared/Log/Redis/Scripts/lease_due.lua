-- include leases.lua
-- What a sweep has to do: leases that ran out, and terminals still to be ended.
--
-- KEYS as in leases.lua. ARGV: 1 ms without a sweep after which nobody is to blame for not having renewed; 2 how many of
--   each at most.
-- Reply: how many leases got a new term; how many ran out; for each member and what stands in held; then the same for
--   the terminals to be ended.
--
-- If nobody looked for so long (Redis was away, or all workers were, or the log was repartitioned), or the clock jumped
-- forward or back, holders may have tried in vain, or have less or more left than they know: all begin a new term. In a
-- sealed partition there is nothing to do.
if is_sealed() or redis.call('EXISTS', KEYS[1], KEYS[3]) == 0 then return { 0, 0 } end
local now = clock()
local swept = tonumber(redis.call('GET', KEYS[4]) or 0)
redis.call('SET', KEYS[4], text(now))
local extended = 0
if math.abs(now - swept) > tonumber(ARGV[1]) then
  for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local term = string.match(redis.call('HGET', KEYS[2], member) or '', '^[^/]+/%d+/(%d+)/')
    if term then
      redis.call('ZADD', KEYS[1], text(now + tonumber(term)), member)
      extended = extended + 1
    else
      redis.call('ZREM', KEYS[1], member)
    end
  end
end

local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(now), 'LIMIT', 0, ARGV[2])
local reply = { extended, #due }
for _, member in ipairs(due) do
  reply[#reply + 1] = member
  reply[#reply + 1] = redis.call('HGET', KEYS[2], member) or ''
end
local sealing = redis.call('HKEYS', KEYS[3])
for i = 1, math.min(#sealing, tonumber(ARGV[2])) do
  reply[#reply + 1] = sealing[i]
  reply[#reply + 1] = redis.call('HGET', KEYS[3], sealing[i])
end
return reply
