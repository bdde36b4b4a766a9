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
