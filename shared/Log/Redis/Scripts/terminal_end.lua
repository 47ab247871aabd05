-- include terminal.lua
-- Ends a terminal; one that isn't there is made and ended. The first exit code given stays.
--
-- KEYS as in terminal.lua. ARGV: 1 a fresh random epoch, used if the terminal is made; 2 exit code; 3 ms that
--   everything is kept after the end; 4 bell channel; 5 who ends it ('' = it does not say), 6 in which life.
-- Reply: 1 if it had ended before, 2 stale producer, 3 claimed by another, else 0; exit code; end; epoch.
local now = clock()
local meta = load()
if not meta then
  meta = make(ARGV[1], now)
end
if meta.exit then return { 1, meta.exit, meta.finish, meta.epoch } end
local refused = claim(meta, now, ARGV[5], tonumber(ARGV[6]))
if refused then return { refused == STALE and 2 or 3, '0', meta.finish, meta.epoch } end
finish(meta, now, ARGV[2], ARGV[3], ARGV[4])
return { 0, ARGV[2], meta.finish, meta.epoch }
