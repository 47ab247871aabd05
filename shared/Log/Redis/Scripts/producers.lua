-- include stream.lua
-- The numbers of producers in one event stream; put in front of append.lua, which stores by them.
--
-- A producer's numbers in a group, as they stand in KEYS[9]: "<epoch> <last number stored> <how many answers>", then,
-- newest last, the answers that are remembered: ";<first number>,<how many>,<ms>-<offset of the first one>.<epoch of
-- the stream>", each for consecutive numbers that got consecutive offsets at one time. They are taken apart only for
-- what comes again.
--
-- One function that makes the others: most appends have no use for them, and making one costs about 0.3 us.
local function numbering()
  local producers = {}

  local function load(field)
    local packed = redis.call('HGET', KEYS[9], field)
    if not packed then return { epoch = -1, last = 0, kept = 0, answers = '', runs = {} } end
    local epoch, last, kept, answers = string.match(packed, '^(%d+) (%d+) (%d+)(.*)$')
    return { epoch = tonumber(epoch), last = tonumber(last), kept = tonumber(kept), answers = answers,
             runs = {} }
  end

  local function pack(run)
    return ';' .. text(run.seq) .. ',' .. run.count .. ',' .. id_of(run.ms, run.offset) .. '.' .. run.life
  end

  -- Where a number stands that was stored before; nothing if that is forgotten.
  local function find(producer, seq)
    local runs = producer.runs
    for i = #runs, 1, -1 do
      local run = runs[i]
      if seq >= run.seq then return id_of(run.ms, run.offset + seq - run.seq) .. '.' .. run.life end
    end
    for first, count, ms, offset, life in
      string.gmatch(producer.answers, ';(%d+),(%d+),(%d+)%-(%d+)%.(%w+)') do
      local ahead = seq - tonumber(first)
      if ahead >= 0 and ahead < tonumber(count) then return ms .. '-' .. text(tonumber(offset) + ahead) .. '.' .. life end
    end
  end

  return {
    of = function(field)
      local producer = producers[field]
      if not producer then
        producer = load(field)
        producers[field] = producer
      end
      return producer
    end,

    -- What is to become of an event: 'S' may be stored; 'D' is stored, with its id; 'd' is stored, its id is
    -- forgotten; 'Z' comes from an earlier life; 'G' comes too early, with the number to go on with.
    judge = function(producer, epoch, seq)
      if epoch < producer.epoch then return 'Z' end
      local expected = epoch > producer.epoch and 1 or producer.last + 1
      if seq > expected then return 'G', text(expected) end
      if seq == expected then return 'S' end
      local known = find(producer, seq)
      return known and 'D' or 'd', known
    end,

    -- Notes that an event was stored.
    advance = function(producer, epoch, seq, ms, offset, life)
      if epoch > producer.epoch then
        producer.epoch, producer.kept, producer.answers, producer.runs = epoch, 0, '', {}
      end
      producer.last = seq
      local runs = producer.runs
      local run = runs[#runs]
      if run and run.offset + run.count == offset then
        run.count = run.count + 1
      else
        runs[#runs + 1] = { seq = seq, count = 1, ms = ms, offset = offset, life = life }
      end
    end,

    -- Writes down the producers that stored something; forgets those without an event for longest.
    save = function(ms, producers_max, answers_max)
      for field, producer in pairs(producers) do
        local runs = producer.runs
        if runs[1] then
          while producer.kept > 0 and producer.kept + #runs > answers_max do
            local second = string.find(producer.answers, ';', 2, true)
            producer.answers = second and string.sub(producer.answers, second) or ''
            producer.kept = producer.kept - 1
          end
          -- Joined once: a batch in which producers take turns has a run for each event.
          local packed = {}
          for i = math.max(1, #runs - answers_max + 1), #runs do packed[#packed + 1] = pack(runs[i]) end
          redis.call('HSET', KEYS[9], field, text(producer.epoch) .. ' ' .. text(producer.last) .. ' '
            .. (producer.kept + #packed) .. producer.answers .. table.concat(packed))
          redis.call('ZADD', KEYS[10], text(ms), field)
        end
      end
      local over = redis.call('ZCARD', KEYS[10]) - producers_max
      if over > 0 then
        local oldest = redis.call('ZPOPMIN', KEYS[10], over)
        for i = 1, #oldest, 2 do redis.call('HDEL', KEYS[9], oldest[i]) end
      end
    end,
  }
end
