-- Messages that wait, as wholes: a message is its copies in the sub-queues of the recipient's devices, and the
-- record that the sending device has of it. Shared by everything that takes messages back.

-- The names that this needs, from the six KEYS after keys[base]: prefixes of account (hash), sub-queues of a
-- device (hash), queue (hash), sent by a device (hash), relationship (hash) and notices of
-- an account (hash).
local kMessageNames = 6
local function names_at(keys, base)
  return {account = keys[base + 1], queues = keys[base + 2], queue = keys[base + 3], sent = keys[base + 4],
    relationship = keys[base + 5], notices = keys[base + 6]}
end

-- The sub-queue `sub_queue` of one device as {device, keys, state, present = {position -> true}}; its entries
-- are read by the caller.
local function open_box(names, account, device, sub_queue)
  local name = account .. ':' .. device
  local box = {device = device, sub_queue = sub_queue, queues_key = names.queues .. name,
    queue_key = names.queue .. name .. ':' .. sub_queue, present = {}}
  local packed = redis.call('HGET', box.queues_key, sub_queue)
  box.known = packed and true or false
  box.state = read_queue_state(packed)
  return box
end

-- {position, record} of each entry of a box, or of the `most` oldest, oldest first.
local function entries_of(box, most)
  if box.state.count == 0 then return {} end
  local positions = positions_from(box.queue_key, box.state, box.state.first, most or box.state.count)
  local entries = {}
  for i, position in ipairs(positions) do
    entries[i] = {position, read_entry_record(redis.call('HGET', box.queue_key, 'm' .. decimal(position)))}
    box.present[position] = true
  end
  return entries
end

-- What the sending device remembers of a message; nothing when it was revoked or the record is too old.
local function recall_sent(names, message)
  message.sent_key = names.sent .. message.sender .. ':' .. message.device
  local record = redis.call('HGET', message.sent_key, message.id)
  message.sent = record and read_sent(record)
end

-- Every message that waits for `recipient` from `sender` in one relationship and lane, oldest first, as {id,
-- device (that sent it), at, promise, held, version, copies = {{box, position}}, sent, read, collected}: `read`
-- when it was held and a device has read it since, `collected` when a device has acked it. Writes nothing.
local function waiting_messages(names, relationship, lane, recipient, sender)
  local sub_queue = relationship .. ':' .. lane .. ':peer'
  local found, order, boxes = {}, {}, {}
  for device in pairs(split(redis.call('HGET', names.account .. recipient, 'active') or '')) do
    local box = open_box(names, recipient, device, sub_queue)
    boxes[device] = box
    for _, entry in ipairs(entries_of(box)) do
      local position, record = entry[1], entry[2]
      local key = record.device .. ':' .. record.message
      local message = found[key]
      if not message then
        message = {id = record.message, device = record.device, at = record.at, promise = record.promise,
          held = record.held, version = version_at(box.state, position), sender = sender, recipient = recipient,
          relationship = relationship, lane = lane, copies = {}}
        found[key], order[#order + 1] = message, message
      end
      table.insert(message.copies, {box = box, position = position})
      if record.held and position <= box.state.released then message.read = true end
    end
  end
  for _, message in ipairs(order) do
    recall_sent(names, message)
    for _, copy in ipairs(message.sent and message.sent.copies or {}) do
      local box = boxes[copy.device]
      if not copy.own and not (box and box.present[copy.position]) then message.collected = true end
    end
  end
  table.sort(order, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.id < b.id
  end)
  return order
end

-- The other party of a relationship.
local function peer_of(names, relationship, account)
  local parties = redis.call('HMGET', names.relationship .. relationship, 'therapist', 'client')
  return parties[1] == account and parties[2] or parties[1] or broken('relationship of a sub-queue')
end

-- Both directions of a relationship as {sender, recipient, direction}.
local function directions_of(names, relationship)
  local parties = redis.call('HMGET', names.relationship .. relationship, 'therapist', 'client')
  if not parties[1] or parties[2] == '' then return {} end
  return {{parties[2], parties[1], 'to_therapist'}, {parties[1], parties[2], 'to_client'}}
end

-- The form of a notice about a message, from the nine args after args[base]: for each lane what comes before the
-- relationship (16 bytes), between it and the message id (16 bytes), and after. All empty: no notice.
local kFormArgs = 9
local function form_at(args, base)
  local form = {}
  for i, lane in ipairs({'routine', 'logistics', 'urgent'}) do
    form[lane] = {args[base + 3 * i - 2], args[base + 3 * i - 1], args[base + 3 * i]}
  end
  return form
end

-- Adds the notice about `message` to `notices`, for its sender.
local function tell_sender(notices, form, message)
  local parts = form[message.lane]
  if parts[1] .. parts[2] .. parts[3] == '' then return end
  notices[#notices + 1] =
    {message.sender, parts[1] .. to_bytes(message.relationship) .. parts[2] .. message.id .. parts[3]}
end

-- Whether nothing is left of a message that nobody has acked when the copies in `gone` (box -> true) go.
local function leaves_nothing(message, gone)
  for _, copy in ipairs(message.copies) do
    if not gone[copy.box] then return false end
  end
  return not message.collected
end

-- Removes the copies of `message` that lie in the boxes `gone` (nil: all of them) and has its sending device
-- remember that; `status` is what becomes of the record when none is left. Later entries move up in seq with
-- `traceless`. States are written by close_boxes().
local function remove_copies(message, gone, traceless, status)
  local removed = {}
  for _, copy in ipairs(message.copies) do
    if not gone or gone[copy.box] then
      remove_entries(copy.box.queue_key, copy.box.state, {copy.position}, traceless)
      copy.box.touched = true
      removed[copy.box.device .. ':' .. decimal(copy.position)] = true
    end
  end
  if not message.sent then return end
  local kept = {}
  for _, copy in ipairs(message.sent.copies) do
    if copy.own or not removed[copy.device .. ':' .. decimal(copy.position)] then kept[#kept + 1] = copy end
  end
  message.sent.copies = kept
  if status then message.sent.status = status end
  redis.call('HSET', message.sent_key, message.id, pack_sent(message.sent))
end

local function close_boxes(messages)
  for _, message in ipairs(messages) do
    for _, copy in ipairs(message.copies) do
      local box = copy.box
      if box.touched then
        write_queue_state(box.queues_key, box.sub_queue, box.state)
        box.touched = false
      end
    end
  end
end
