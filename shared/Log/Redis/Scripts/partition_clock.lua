-- Keeps the clock by which the ages in a partition are counted, so that a jump of Redis' own takes nothing early.
--
-- KEYS: 1 streams of the partition, as in stream.lua; its members hold this clock:
--   !until   ms to which Redis' clock is believed without a further sweep: that of the last one + slack
--   !held    ms that ages are counted back by, because the clock jumped forward
--   !holds   ms until which they are: a retention later all that is left was made after the jump
-- ARGV: 1 slack in ms, more than lies between two sweeps: a step beyond it is a jump (or nobody swept for so long, which
--   only makes things stay longer); 2 retention in ms.
-- Reply: the clock; ms since the last sweep by it (0 if this is the first); ms that ages are counted back by.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local slack = tonumber(ARGV[1])
local known = redis.call('ZMSCORE', KEYS[1], '!until', '!held', '!holds')
local held, holds = tonumber(known[2] or 0), tonumber(known[3] or 0)
local step = 0
if known[1] then
  step = now - (tonumber(known[1]) - slack)
  if step > slack then
    held = held + step
    holds = now + tonumber(ARGV[2])
  elseif step < 0 and held > 0 then
    -- It went back: what was held for is over as much sooner.
    holds = holds + step
    held = math.max(0, held + step)
  end
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + slack), '!until')
if held > 0 and now < holds then
  redis.call('ZADD', KEYS[1], string.format('%.0f', held), '!held', string.format('%.0f', holds), '!holds')
else
  held = 0
  redis.call('ZREM', KEYS[1], '!held', '!holds')
end
return { now, step, held }
