-- What nobody has collected for too long. The practice's sorted set says when to look at a sub-queue; whether the
-- gate has been open long enough is the caller's to decide, because no calendar runs here. What this checks is that
-- nothing goes before its earliest time: kCollectMs after acceptance, and after the promise.

local kExpiringEntries = 64

local function collect_until(record)
  return math.max(record.at, record.promise) + kCollectMs
end

-- hs_list_due. KEYS: 1 what may expire (sorted set), 2 policy prefix, then the six of names_at(). ARGV: 1 how
-- many at most. Answers {account, device, sub-queue, facts, then seq, instant, promise or '', held (1) or not
-- (0), policy version of its oldest entries} of each that has entries; the others leave the set.
local function list_due(keys, args)
  if #keys ~= 2 + kMessageNames or #args ~= 1 then broken('hs_list_due: counts') end
  local names, answer, empty = names_at(keys, 2), {'ok'}, {}
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', keys[1], '-inf', decimal(now_ms()), 'LIMIT', 0, args[1])) do
    local account, device, sub_queue = string.match(member, '^(%x+):(%d+):(%x+:%a+:%a+)$')
    if not account then broken('member of the expiry set') end
    local box = open_box(names, account, device, sub_queue)
    if box.state.count == 0 then
      empty[member] = box
    else
      local line = {account, tonumber(device), sub_queue,
        relationship_facts(names.relationship, keys[2], string.sub(sub_queue, 1, 32))}
      for _, entry in ipairs(entries_of(box, kExpiringEntries)) do
        local record = entry[2]
        line[#line + 1] = decimal(seq_of(box.state, entry[1]))
        line[#line + 1] = record.at
        line[#line + 1] = record.promise > 0 and decimal(record.promise) or ''
        line[#line + 1] = record.held and 1 or 0
        line[#line + 1] = version_at(box.state, entry[1])
      end
      answer[#answer + 1] = line
    end
  end
  for member, box in pairs(empty) do
    redis.call('ZREM', keys[1], member)
    if box.known and has_flag(box.state, kWatched) then
      box.state.flags = box.state.flags - kWatched
      write_queue_state(box.queues_key, box.sub_queue, box.state)
    end
  end
  return answer
end

-- The oldest messages of a box up to `through`, as waiting_messages() has them; nil when one is not due yet.
local function due_messages(names, box, account, through, now)
  for _, entry in ipairs(entries_of(box)) do
    if entry[1] <= through and collect_until(entry[2]) > now then return nil end
  end
  local relationship, lane = string.match(box.sub_queue, '^(%x+):(%a+):peer$')
  if not relationship then return {} end
  local due = {}
  for _, message in ipairs(waiting_messages(names, relationship, lane, account,
      peer_of(names, relationship, account))) do
    for _, copy in ipairs(message.copies) do
      if copy.box.device == box.device and copy.position <= through then
        message.gone = {[copy.box] = true}
        due[#due + 1] = message
      end
    end
  end
  return due
end

-- When to look at what is left, and the flag that says whether anybody will.
local function look_again(expiry_key, member, box, at, now)
  box.state = read_queue_state(redis.call('HGET', box.queues_key, box.sub_queue))
  if box.state.count == 0 then
    redis.call('ZREM', expiry_key, member)
    box.state.flags = box.state.flags - kWatched
    write_queue_state(box.queues_key, box.sub_queue, box.state)
    return
  end
  local oldest = read_entry_record(redis.call('HGET', box.queue_key, 'm' .. decimal(box.state.first)))
  local due = collect_until(oldest)
  redis.call('ZADD', expiry_key, decimal(due > now and due or math.max(at, now + 1)), member)
end

-- hs_expire. KEYS: 1 what may expire (sorted set), 2 audit ledger (list), then the six of names_at(). ARGV:
-- 1 account, hex; 2 device; 3 sub-queue; 4 seq of its oldest entry, as listed; 5 through which seq entries go,
-- '0' for none; 6 when to look at what is left, ms; 7 audit record; nine of form_at(); then notices. A message of
-- which nothing is left, and that no device has collected, goes back to its sender. Answers how many entries went
-- and how many messages went back.
local function expire(keys, args)
  if #keys ~= 2 + kMessageNames or #args < 7 + kFormArgs then broken('hs_expire: counts') end
  local names, now, form, notices = names_at(keys, 2), now_ms(), form_at(args, 7), notices_from(args, 17)
  local box, member = open_box(names, args[1], args[2], args[3]), args[1] .. ':' .. args[2] .. ':' .. args[3]
  local score = redis.call('ZSCORE', keys[1], member)
  if not score or tonumber(score) > now or box.state.count == 0
    or decimal(seq_of(box.state, box.state.first)) ~= args[4] then return {'changed'} end
  local through = args[5] == '0' and 0 or position_of(box.state, tonumber(args[5]))
  local messages, returned = due_messages(names, box, args[1], through, now), 0
  if not messages then return {'early'} end
  for _, message in ipairs(messages) do
    message.returned = leaves_nothing(message, message.gone)
    if message.returned then
      returned = returned + 1
      tell_sender(notices, form, message)
    end
  end
  local plan = plan_notices(names.notices, notices)
  if not plan then return {'quota'} end
  local count = box.state.count
  for _, message in ipairs(messages) do remove_copies(message, message.gone, false, message.returned and 'b') end
  close_boxes(messages)
  if string.sub(args[3], -4) == ':own' then
    local positions = {}
    for position in pairs(box.present) do
      if position <= through then positions[#positions + 1] = position end
    end
    if remove_entries(box.queue_key, box.state, positions, false) > 0 then
      write_queue_state(box.queues_key, args[3], box.state)
    end
  end
  look_again(keys[1], member, box, tonumber(args[6]), now)
  write_notices(plan, now)
  if count > box.state.count then append_audit(keys[2], args[7], now) end
  return {'ok', count - box.state.count, returned}
end

redis.register_function{function_name = 'hs_list_due', callback = list_due, flags = {'allow-oom'}}
redis.register_function{function_name = 'hs_expire', callback = expire, flags = {'allow-oom'}}
