-- Takes a ticket out.
--
-- KEYS: 1 the ticket, as ticket_add.lua writes it.
-- Reply: ms that its token is still good, what it is good for; nothing if there is no such ticket.
local kept = redis.call('GETDEL', KEYS[1])
if not kept then return false end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends, what = string.match(kept, '^(%d+) (.*)$')
if not ends then return false end
return {string.format('%.0f', tonumber(ends) - now), what}
