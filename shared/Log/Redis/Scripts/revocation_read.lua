-- Reads what changed behind a place.
--
-- KEYS: as in revocation_add.lua.
-- ARGV: 1 life; 2 version; 3 changes told at most.
-- Reply: life; version up to which this is all; 1 if it begins at the beginning; 1 if there is more; then whom and
--   what stands, of each change.
local state = redis.call('HMGET', KEYS[4], 'life', 'version')
local life, version = state[1] or '', tonumber(state[2] or 0)
local after, restart = ARGV[2], 0
if life ~= ARGV[1] or tonumber(ARGV[2]) > version then after, restart = '0', 1 end
local found = redis.call(
  'ZRANGEBYSCORE', KEYS[2], '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[3]))
local names = {}
for i = 1, #found, 2 do names[#names + 1] = found[i] end
local more = 0
if #names == tonumber(ARGV[3]) then version, more = tonumber(found[#found]), 1 end
local reply = { life, string.format('%.0f', version), restart, more }
if #names > 0 then
  local values = redis.call('HMGET', KEYS[1], unpack(names))
  for i = 1, #names do
    reply[#reply + 1] = names[i]
    reply[#reply + 1] = values[i] or ''
  end
end
return reply
