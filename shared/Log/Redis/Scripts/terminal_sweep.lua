-- include terminal.lua
-- Ends a terminal that got no bytes for too long, and on which nobody holds a lease.
--
-- KEYS as in terminal.lua. ARGV: 1 ms without bytes after which it is ended; 2 exit code for that; 3 ms that
--   everything is kept after the end; 4 bell channel.
-- Reply: -1 if there is nothing (more) to sweep: it has ended, or is gone; -2 if it was ended now; else the ms at
--   which to look again.
local now = clock()
local meta = load()
if not meta or meta.exit then return -1 end
local due = math.max(meta.ms + tonumber(ARGV[1]), meta.leased)
if now < due then return due end
finish(meta, now, ARGV[2], ARGV[3], ARGV[4])
return -2
