-- Common part of the scripts of the leases of one partition; put in front where they say `-- include leases.lua`.
--
-- KEYS (the same in all of them, all in one slot, that of the partition's streams):
--   1 leases         sorted set: "<tenant>/<a or t>/<agent or task>" -> ms at which it runs out, by Redis' clock
--   2 leases:held    hash: the same -> "<holder>/<its life>/<term in ms>/<agent, of a task, or nothing>"
--   3 leases:sealing hash: tasks lost whose terminal is still to be ended -> what stood in held
--   4 leases:swept   ms of the last sweep; while all get a new term, behind it how far that is; not there: nobody looked
--                    yet, or not since a repartition
--   5 streams        as in stream.lua: its member `!sealed` seals the partition
--
-- Only the sweep takes a lease away. One that ran out is held until then, so that nobody is robbed of it because Redis
-- was away: see lease_due.lua.
local function text(number)
  return string.format('%.0f', number)
end

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- As in stream.lua: what a repartition copies must not change meanwhile, nor come back to life afterwards.
local function is_sealed()
  return redis.call('ZSCORE', KEYS[5], '!sealed')
end

local function refuse_if_sealed()
  if is_sealed() then error('!sealed') end
end

-- Holder and life of what stands in held.
local function parse_held(held)
  local holder, life = string.match(held, '^([^/]+)/(%d+)/')
  return holder, tonumber(life)
end
