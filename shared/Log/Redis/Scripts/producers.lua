-- include stream.lua
-- The numbers of producers in one event stream; put in front of append.lua, which stores by them.
--
-- A producer's numbers in a group, as they stand in KEYS[9]: "<epoch> <last number stored>", then, newest last, the
-- answers that are remembered: ";<first number>,<how many>,<ms>-<offset of the first one>.<epoch of the stream>", each
-- for consecutive numbers that got consecutive offsets at one time.
local function load_producer(field)
  local packed = redis.call('HGET', KEYS[9], field)
  local producer = { field = field, epoch = -1, last = 0, answers = {} }
  if packed then
    local epoch, last, answers = string.match(packed, '^(%d+) (%d+)(.*)$')
    producer.epoch, producer.last = tonumber(epoch), tonumber(last)
    for answer in string.gmatch(answers, '[^;]+') do producer.answers[#producer.answers + 1] = answer end
  end
  return producer
end

-- What is to become of an event: 'S' may be stored; 'D' is stored, with its id; 'd' is stored, its id is forgotten;
-- 'Z' comes from an earlier life; 'G' comes too early, with the number to go on with.
local function judge(producer, epoch, seq)
  if epoch < producer.epoch then return 'Z' end
  local expected = epoch > producer.epoch and 1 or producer.last + 1
  if seq > expected then return 'G', text(expected) end
  if seq == expected then return 'S' end
  local run = producer.run
  if run and seq >= run.seq then return 'D', id_of(run.ms, run.offset + seq - run.seq) .. '.' .. run.life end
  for i = #producer.answers, 1, -1 do
    local first, count, ms, offset, life = string.match(producer.answers[i], '^(%d+),(%d+),(%d+)%-(%d+)%.(%w+)$')
    local ahead = seq - tonumber(first)
    if ahead >= 0 and ahead < tonumber(count) then
      return 'D', ms .. '-' .. text(tonumber(offset) + ahead) .. '.' .. life
    end
  end
  return 'd'
end

local function keep_run(producer)
  local run = producer.run
  if run then
    producer.answers[#producer.answers + 1] = text(run.seq) .. ',' .. run.count .. ',' .. id_of(run.ms, run.offset)
      .. '.' .. run.life
  end
end

-- Notes that an event was stored.
local function advance(producer, epoch, seq, ms, offset, life)
  if epoch > producer.epoch then
    producer.epoch, producer.answers, producer.run = epoch, {}, nil
  end
  producer.last = seq
  local run = producer.run
  if run and run.offset + run.count == offset then
    run.count = run.count + 1
  else
    keep_run(producer)
    producer.run = { seq = seq, count = 1, ms = ms, offset = offset, life = life }
  end
end

-- Writes down the producers that stored something; forgets those without an event for longest.
local function save_producers(producers, ms, producers_max, answers_max)
  local saved = false
  for field, producer in pairs(producers) do
    if producer.run then
      keep_run(producer)
      local first = math.max(1, #producer.answers - answers_max + 1)
      redis.call('HSET', KEYS[9], field, text(producer.epoch) .. ' ' .. text(producer.last) .. ';'
        .. table.concat(producer.answers, ';', first))
      redis.call('ZADD', KEYS[10], text(ms), field)
      saved = true
    end
  end
  local over = saved and redis.call('ZCARD', KEYS[10]) - producers_max or 0
  if over > 0 then
    local oldest = redis.call('ZPOPMIN', KEYS[10], over)
    for i = 1, #oldest, 2 do redis.call('HDEL', KEYS[9], oldest[i]) end
  end
end
