-- include leases.lua
-- What a sweep has to do: leases that ran out, and terminals still to be ended.
--
-- KEYS as in leases.lua. ARGV: 1 ms without a sweep after which nobody is to blame for not having renewed; 2 how many of
--   each at most; 3 where among those that ran out to begin if there are more, 0 to 1: so that some that can't be dealt
--   with do not hold up the others; 4 how many leases get a new term at once, about.
-- Reply: how many leases got a new term; 1 if more are to get one; how many ran out; for each member and what stands in
--   held; then the same for the terminals to be ended.
--
-- If nobody looked for so long (Redis was away, or all workers were, or the log was repartitioned), or the clock jumped
-- forward or back, holders may have tried in vain, or have less or more left than they know: all begin a new term. That
-- is done page by page, so that Redis serves others in between; until all have it none has run out. ZSCAN passes by all
-- that are there throughout; to extend one twice, or one that was taken meanwhile, does no harm. In a sealed partition
-- there is nothing to do.
if is_sealed() or redis.call('EXISTS', KEYS[1], KEYS[3]) == 0 then return { 0, 0, 0 } end
local now = clock()
local swept, cursor = string.match(redis.call('GET', KEYS[4]) or '0', '^(%d+) ?(%d*)$')
if math.abs(now - tonumber(swept)) > tonumber(ARGV[1]) then cursor = '0' end
local extended = 0
if cursor ~= '' then
  local page = redis.call('ZSCAN', KEYS[1], cursor, 'COUNT', ARGV[4])
  for i = 1, #page[2], 2 do
    local member = page[2][i]
    local term = string.match(redis.call('HGET', KEYS[2], member) or '', '^[^/]+/%d+/(%d+)/')
    if term then
      redis.call('ZADD', KEYS[1], text(now + tonumber(term)), member)
      extended = extended + 1
    else
      redis.call('ZREM', KEYS[1], member)
    end
  end
  cursor = page[1] == '0' and '' or page[1]
end
redis.call('SET', KEYS[4], cursor == '' and text(now) or text(now) .. ' ' .. cursor)
if cursor ~= '' then return { extended, 1, 0 } end

local max = tonumber(ARGV[2])
local over = redis.call('ZCOUNT', KEYS[1], '-inf', text(now)) - max
local first = over > 0 and math.floor(over * tonumber(ARGV[3])) or 0
local due = over > -max and redis.call('ZRANGE', KEYS[1], first, first + math.min(max, over + max) - 1) or {}
local reply = { extended, 0, 0 }
for _, member in ipairs(due) do
  local held = redis.call('HGET', KEYS[2], member)
  if held then
    reply[3] = reply[3] + 1
    reply[#reply + 1] = member
    reply[#reply + 1] = held
  else
    redis.call('ZREM', KEYS[1], member)
  end
end
-- Any of them, for the same reason.
for _, part in ipairs(redis.call('HRANDFIELD', KEYS[3], max, 'WITHVALUES')) do reply[#reply + 1] = part end
return reply
