-- What a device has sent, so that a message is accepted once and can be found again: a hash from message id to
-- record, and a list of the ids in their order. A record is the hash of the whole send (32 bytes), the instant
-- of acceptance (ms, 8 bytes), a status ('r' released at once, 'h' held, 'w' withdrawn, 'b' gone back), the relationship (16
-- bytes), the lane's first letter, the copies '<p|o><device>:<position>,...;' (p: to the peer, o: to an own
-- device) less those that were destroyed uncollected, and the verdict told.

local kDuplicateMs = 65 * 24 * 3600 * 1000
-- Old records are looked for once in so many acceptances, and up to so many go: more than came meanwhile.
local kTrimEach, kTrimMost = 16, 64
local kLanes = {r = 'routine', l = 'logistics', u = 'urgent'}

-- Where the copies begin in a record.
local kCopiesAt = 59

local function sent_at(record)
  return (struct.unpack('>I8', record, 33))
end

local function read_sent(record)
  local last = string.find(record, ';', kCopiesAt, true)
  if not last then broken('record of a message') end
  local copies = {}
  for origin, device, position in string.gmatch(string.sub(record, kCopiesAt, last - 1), '([po])(%d+):(%d+)') do
    copies[#copies + 1] = {own = origin == 'o', device = device, position = tonumber(position)}
  end
  return {hash = string.sub(record, 1, 32), at = sent_at(record), status = string.sub(record, 41, 41),
    relationship = string.sub(record, 42, 57), lane = kLanes[string.sub(record, 58, 58)] or broken('lane of a message'),
    copies = copies, verdict = string.sub(record, last + 1)}
end

local function pack_sent(sent)
  local copies = {}
  for i, copy in ipairs(sent.copies) do
    copies[i] = (copy.own and 'o' or 'p') .. copy.device .. ':' .. copy.position
  end
  return sent.hash .. struct.pack('>I8', sent.at) .. sent.status .. sent.relationship
    .. string.sub(sent.lane, 1, 1) .. table.concat(copies, ',') .. ';' .. sent.verdict
end

-- Remembers a message, and forgets what no honest sender can ask for any more: nobody has to sweep.
local function remember_sent(sent_key, order_key, message, record, now)
  redis.call('HSET', sent_key, message, record)
  if redis.call('RPUSH', order_key, message) % kTrimEach ~= 0 then return end
  for _ = 1, kTrimMost do
    local oldest = redis.call('LINDEX', order_key, 0)
    local old = oldest and redis.call('HGET', sent_key, oldest)
    if not oldest or (old and now - sent_at(old) < kDuplicateMs) then return end
    redis.call('LPOP', order_key)
    redis.call('HDEL', sent_key, oldest)
  end
end

-- ---- Looking back ----

-- Moves a device's log to the record at `index` of its order. A record counts as no earlier than the one before
-- it, also when the store's clock was set back between them. Answers false behind the last.
local function move_log(log, index)
  local id = redis.call('LINDEX', log.order_key, index)
  if not id then return false end
  log.index, log.record = index, redis.call('HGET', log.sent_key, id) or broken('record of a message')
  log.at = math.max(log.at or 0, sent_at(log.record))
  return true
end

-- The log of a device from its first record of `from` or later; nil when it has none.
local function log_from(sent_key, order_key, sender, device, from)
  local name = sender .. ':' .. device
  local log = {name = name, sender = sender, sent_key = sent_key .. name, order_key = order_key .. name}
  if not move_log(log, -1) or log.at < from then return nil end
  local low, high = 0, redis.call('LLEN', log.order_key) - 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    log.at = nil
    move_log(log, middle)
    if log.at < from then low = middle + 1 else high = middle end
  end
  log.at = nil
  move_log(log, low)
  return log
end

-- Puts a log among the others: the one with the oldest message is the last.
local function put_log(logs, log)
  local low, high = 1, #logs + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    local other = logs[middle]
    if other.at > log.at or (other.at == log.at and other.name > log.name) then low = middle + 1 else high = middle end
  end
  table.insert(logs, low, log)
end

-- The relationships of a therapist as a set of 16 bytes, and the logs of everybody in them.
local function logs_between(keys, therapist, from)
  local own, senders, logs = {}, {[therapist] = true}, {}
  for _, id in ipairs(redis.call('SMEMBERS', keys[1])) do
    local parties = redis.call('HMGET', keys[2] .. id, 'therapist', 'client')
    if parties[1] == therapist then
      own[to_bytes(id)] = true
      if parties[2] and parties[2] ~= '' then senders[parties[2]] = true end
    end
  end
  for sender in pairs(senders) do
    local _, devices = split(redis.call('HGET', keys[3] .. sender, 'active') or '')
    for _, device in ipairs(devices) do
      local log = log_from(keys[4], keys[5], sender, device, from)
      if log then put_log(logs, log) end
    end
  end
  return own, logs
end

-- hs_list_sent. KEYS: 1 relationships of a therapist (set), 2 relationship prefix, 3 account prefix, 4 prefix of
-- sent (hash), 5 of sent order (list). ARGV: 1 therapist, hex; 2 an instant, ms; 3 how many of that instant were
-- looked at before; 4 records to look at, at most. A message's place is its instant and its number among those of
-- that instant. Answers the place of the last one looked at ('' and '': there are no more), then of each message
-- in her relationships: relationship, 16 bytes; lane; direction; instant; its place. What a client sends to
-- others is looked at and not told.
local function list_sent(keys, args)
  expect(keys, 5, args, 4)
  local therapist, start, seen, left = args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
  local oldest = now_ms() - kDuplicateMs
  if start < oldest then start, seen = oldest, 0 end
  local own, logs = logs_between(keys, therapist, start)
  local at, nth, answer = start, 0, {'ok', '', ''}
  while left > 0 and #logs > 0 do
    local log = table.remove(logs)
    if log.at > at then at, nth = log.at, 0 end
    nth = nth + 1
    if at > start or nth > seen then
      left = left - 1
      local relationship = string.sub(log.record, 42, 57)
      if own[relationship] then
        answer[#answer + 1] = {relationship, kLanes[string.sub(log.record, 58, 58)] or broken('lane of a message'),
          log.sender == therapist and 'to_client' or 'to_therapist', sent_at(log.record), at, nth}
      end
    end
    if move_log(log, log.index + 1) then put_log(logs, log) end
  end
  if #logs > 0 then answer[2], answer[3] = decimal(at), decimal(nth) end
  return answer
end

redis.register_function{function_name = 'hs_list_sent', callback = list_sent, flags = {'no-writes'}}
