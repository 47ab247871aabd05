-- include terminal.lua
-- Takes the lease off a terminal: given back by its holder, who stays the last to have claimed it, or lost.
--
-- KEYS as in terminal.lua. ARGV: 1 holder; 2 its life; 3 '' if it was given back, else the exit code with which the
--   terminal ends, as the lease was lost; 4 ms that everything is kept after the end; 5 bell channel.
-- Reply: 1 if the terminal was ended now.
--
-- Does nothing to a terminal that another has claimed since, or a later life of the holder: it is that one's by now.
local now = clock()
local meta = load()
if not meta or meta.holder ~= ARGV[1] or meta.life ~= tonumber(ARGV[2]) then return 0 end
redis.call('HDEL', KEYS[2], 'until')
if ARGV[3] == '' or meta.exit then return 0 end
finish(meta, now, ARGV[3], ARGV[4], ARGV[5])
return 1
