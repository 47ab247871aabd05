-- Keeps a ticket until it is taken or its time is over.
--
-- KEYS: 1 the ticket: "<ms at which the token ends> <what it is good for>".
-- ARGV: 1 ms that the token is still good; 2 ms that the ticket is kept; 3 what it is good for.
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f ', ends) .. ARGV[3], 'PX', ARGV[2], 'NX')
