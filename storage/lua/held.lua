-- What is held: taken back by its sender, returned to it, listed for whoever has to dispose of it, and the
-- promises that a sending device has been given.

-- hs_withdraw. KEYS: 1 sent by the device (hash), 2 audit ledger (list), then the six of names_at(). ARGV:
-- 1 sender, hex; 2 sending device; 3 message id, 16 bytes; 4 relationship, hex; 5 audit record; then notices
-- (see notices_from). Answers how many copies went.
local function withdraw(keys, args)
  if #keys ~= 2 + kMessageNames or #args < 5 then broken('hs_withdraw: counts') end
  local names, record, now = names_at(keys, 2), redis.call('HGET', keys[1], args[3]), now_ms()
  local sent = record and read_sent(record)
  if not sent or sent.status == 'r' or to_hex(sent.relationship) ~= args[4] then return {'not_found'} end
  if sent.status ~= 'h' then return {'ok', 0} end
  local parties = redis.call('HMGET', names.relationship .. args[4], 'therapist', 'client')
  local peer = parties[1] == args[1] and parties[2] or parties[1]
  if not peer then broken('relationship of a message') end
  local found = {}
  for _, copy in ipairs(sent.copies) do
    local box = open_box(names, copy.own and args[1] or peer, copy.device,
      args[4] .. ':' .. sent.lane .. (copy.own and ':own' or ':peer'))
    local read = copy.position <= box.state.released
    if read and not copy.own then return {'already_released'} end
    if box.known and not read then found[#found + 1] = {box = box, position = copy.position} end
  end
  local plan = plan_notices(names.notices, notices_from(args, 6))
  if not plan then return {'quota'} end
  local removed = 0
  for _, copy in ipairs(found) do
    local box = copy.box
    local count = remove_entries(box.queue_key, box.state, {copy.position}, true)
    if count > 0 then write_queue_state(box.queues_key, box.sub_queue, box.state) end
    removed = removed + count
  end
  sent.status, sent.copies = 'w', {}
  redis.call('HSET', keys[1], args[3], pack_sent(sent))
  write_notices(plan, now)
  append_audit(keys[2], args[5], now)
  return {'ok', removed}
end

-- The messages of `wanted` ({relationship, lane, direction, id}) that are held and that nobody has read yet.
local function find_held(names, wanted)
  local groups, found = {}, {}
  for _, want in ipairs(wanted) do
    local group = want[1] .. ':' .. want[2] .. ':' .. want[3]
    if not groups[group] then
      groups[group] = {}
      for _, way in ipairs(directions_of(names, want[1])) do
        if way[3] == want[3] then groups[group] = waiting_messages(names, want[1], want[2], way[2], way[1]) end
      end
    end
    for _, message in ipairs(groups[group]) do
      if message.id == want[4] and message.held and not message.read and not message.collected
        and not message.wanted then
        message.wanted = true
        found[#found + 1] = message
      end
    end
  end
  return found
end

-- hs_return. KEYS: 1 audit ledger (list), then the six of names_at(). ARGV: 1 audit record; 2 how many
-- messages; nine of form_at(); then for each message: relationship, hex; lane; direction; message id, 16 bytes;
-- then notices (see notices_from). Those that are not held any more are passed over. Answers how many went back.
local function return_held(keys, args)
  local count, wanted, now = tonumber(args[2]), {}, now_ms()
  if #keys ~= 1 + kMessageNames or #args < 2 + kFormArgs + 4 * count then broken('hs_return: counts') end
  local names, form, notices = names_at(keys, 1), form_at(args, 2), notices_from(args, 12 + 4 * count)
  for i = 12, 11 + 4 * count, 4 do wanted[#wanted + 1] = {args[i], args[i + 1], args[i + 2], args[i + 3]} end
  local found = find_held(names, wanted)
  if #found == 0 then return {'ok', 0} end
  for _, message in ipairs(found) do tell_sender(notices, form, message) end
  local plan = plan_notices(names.notices, notices)
  if not plan then return {'quota'} end
  for _, message in ipairs(found) do remove_copies(message, nil, true, 'b') end
  close_boxes(found)
  write_notices(plan, now)
  append_audit(keys[1], args[1], now)
  return {'ok', #found}
end

-- hs_list_held. KEYS: 1 account (hash), 2 its relationships (set), 3 its policy (hash), then the six of
-- names_at(). ARGV: 1 account, hex; 2 what the last page ended with, '' to begin; 3 messages at most. Answers
-- the count of messages ever accepted as held, with what the page ends ('' when it is the last),
-- then {relationship, lane, direction, message id, sending device, instant, promise in ms or '', policy version}
-- of each message that is held and that nobody has read.
local function list_held(keys, args)
  if #keys ~= 3 + kMessageNames or #args ~= 3 then broken('hs_list_held: counts') end
  if redis.call('EXISTS', keys[1]) == 0 then return {'not_found'} end
  local names, most = names_at(keys, 3), tonumber(args[3])
  local answer = {'ok', tonumber(redis.call('HGET', keys[3], 'held_count') or 0), ''}
  local ids = redis.call('SMEMBERS', keys[2])
  table.sort(ids)
  for _, id in ipairs(ids) do
    local skipped = id < string.sub(args[2], 1, 32)
    for number, way in ipairs(skipped and {} or directions_of(names, id)) do
      for _, lane in ipairs({'logistics', 'routine'}) do
        local group = id .. ':' .. number .. string.sub(lane, 1, 1) .. ':'
        for _, message in ipairs(waiting_messages(names, id, lane, way[2], way[1])) do
          local place = group .. string.format('%015.0f', message.at) .. to_hex(message.id)
          if message.held and not message.read and not message.collected and place > args[2] then
            if #answer - 3 == most then return answer end
            answer[3] = place
            answer[#answer + 1] = {id, lane, way[3], message.id, tonumber(message.device), message.at,
              message.promise > 0 and decimal(message.promise) or '', message.version}
          end
        end
      end
    end
  end
  answer[3] = ''
  return answer
end

-- hs_promises. KEYS: 1 promises to the device (hash). No ARGV. Answers '<relationship>:<lane>' and
-- 'version:promise in ms or none:accepted at' of the newest held message of each.
local function promises(keys, args)
  expect(keys, 1, args, 0)
  local answer = {'ok'}
  for _, part in ipairs(redis.call('HGETALL', keys[1])) do answer[#answer + 1] = part end
  return answer
end

-- hs_settle_promise. KEYS: 1 promises to the device (hash), 2 notices prefix. ARGV: 1 field, 2 value as hs_promises
-- answered them, which ends with the instant of acceptance; 3 account, hex; 4 instant of the opening, ms, and 5 the
-- notice about it, both '' for none. Answers 'overtaken' when a newer promise has taken its place, 'no_room' when the
-- notices are full, 'known' when another device's promise has had the opening told, else 'told'. The promise is gone
-- with the last two.
local function settle_promise(keys, args)
  expect(keys, 2, args, 5)
  if redis.call('HGET', keys[1], args[1]) ~= args[2] then return {'ok', 'overtaken'} end
  local opened, told_key = 'o' .. args[1], keys[2] .. args[3]
  -- What was told covers all that was accepted before it, and so every older message of this device.
  local accepted = tonumber(string.match(args[2], ':(%d+)$') or broken('a promise'))
  local told_at = tonumber(redis.call('HGET', told_key, opened) or 0)
  local news = args[4] ~= '' and told_at < tonumber(args[4]) and told_at <= accepted
  local plan = news and plan_notices(keys[2], {{args[3], args[5]}})
  if news and not plan then return {'ok', 'no_room'} end
  redis.call('HDEL', keys[1], args[1])
  if not news then return {'ok', 'known'} end
  redis.call('HSET', told_key, opened, args[4])
  write_notices(plan, now_ms())
  return {'ok', 'told'}
end

-- hs_find_sent. KEYS: 1 sent by the device (hash). ARGV: 1 message id, 16 bytes; 2 relationship, hex. Answers whether
-- it was accepted as held (1), whether it was withdrawn or has gone back (1), instant, lane and verdict.
local function find_sent(keys, args)
  expect(keys, 1, args, 2)
  local record = redis.call('HGET', keys[1], args[1])
  local sent = record and read_sent(record)
  if not sent or to_hex(sent.relationship) ~= args[2] then return {'not_found'} end
  local gone = sent.status == 'w' or sent.status == 'b'
  return {'ok', sent.status == 'r' and 0 or 1, gone and 1 or 0, sent.at, sent.lane, sent.verdict}
end

-- What takes messages away frees memory: it runs when that is full.
redis.register_function{function_name = 'hs_withdraw', callback = withdraw, flags = {'allow-oom'}}
redis.register_function{function_name = 'hs_return', callback = return_held, flags = {'allow-oom'}}
redis.register_function{function_name = 'hs_list_held', callback = list_held, flags = {'no-writes'}}
redis.register_function{function_name = 'hs_promises', callback = promises, flags = {'no-writes'}}
redis.register_function('hs_settle_promise', settle_promise)
redis.register_function{function_name = 'hs_find_sent', callback = find_sent, flags = {'no-writes'}}
