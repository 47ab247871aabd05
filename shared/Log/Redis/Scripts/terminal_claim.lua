-- include terminal.lua
-- Claims a terminal for who takes or renews a lease on its task; one that isn't there is made.
--
-- KEYS as in terminal.lua. ARGV: 1 a fresh random epoch, used if the terminal is made; 2 holder; 3 its life; 4 ms for
--   which the lease is believed here.
-- Reply: status (0 claimed, 1 stale, 2 leased by another, 3 ended); 1 if the terminal was made here.
local now = clock()
local meta = load()
local made = 0
if not meta then
  made = 1
  meta = make(ARGV[1], now)
end
if meta.exit then return { 3, made } end
local refused = claim(meta, now, ARGV[2], tonumber(ARGV[3]))
if refused then return { refused == STALE and 1 or 2, made } end
redis.call('HSET', KEYS[2], 'until', text(now + tonumber(ARGV[4])))
return { 0, made }
