-- A therapist who leaves: first nothing new is accepted for her, then each held message gets its disposition, then
-- her relationships end. `leaving` stands in her account and in each of her relationships, whose facts it is.

-- hs_set_leaving. KEYS: 1 account (hash), 2 its relationships (set), 3 audit ledger (list), 4 relationship prefix,
-- 5 notices prefix. ARGV: 1 '1' to begin, '0' to cancel; 2 audit record; then notices.
local function set_leaving(keys, args)
  if #keys ~= 5 or #args < 2 then broken('hs_set_leaving: counts') end
  local record = redis.call('HMGET', keys[1], 'role', 'leaving')
  if record[1] ~= '2' then return {'not_found'} end
  if (record[2] and '1' or '0') == args[1] then return {'ok'} end
  local plan, now = plan_notices(keys[5], notices_from(args, 3)), now_ms()
  if not plan then return {'quota'} end
  local mark = args[1] == '1' and '1' or ''
  set_or_clear(keys[1], 'leaving', mark)
  for _, id in ipairs(redis.call('SMEMBERS', keys[2])) do
    set_or_clear(keys[4] .. id, 'leaving', mark)
    redis.call('HINCRBY', keys[4] .. id, 'revision', 1)
  end
  write_notices(plan, now)
  append_audit(keys[3], args[2], now)
  return {'ok'}
end

-- hs_finish_leaving. KEYS: 1 account (hash), 2 its relationships (set), 3 audit ledger (list), then the six of
-- names_at(). ARGV: 1 account, hex; 2 audit record; then notices. Answers how many relationships have ended, or
-- 'items_left' and how many held messages have no disposition.
local function finish_leaving(keys, args)
  if #keys ~= 3 + kMessageNames or #args < 2 then broken('hs_finish_leaving: counts') end
  local record, names, now = redis.call('HMGET', keys[1], 'role', 'leaving'), names_at(keys, 3), now_ms()
  if record[1] ~= '2' then return {'not_found'} end
  if not record[2] then return {'not_leaving'} end
  local left, ending = 0, {}
  for _, id in ipairs(redis.call('SMEMBERS', keys[2])) do
    for _, message in ipairs(messages_between(names, id)) do
      if message.held and not message.read and not message.collected then left = left + 1 end
    end
    local lawful = kLawful[redis.call('HGET', names.relationship .. id, 'state')]
    if lawful and lawful.ended then ending[#ending + 1] = id end
  end
  if left > 0 then return {'items_left', left} end
  local plan = plan_notices(names.notices, notices_from(args, 3))
  if not plan then return {'quota'} end
  for _, id in ipairs(ending) do
    redis.call('HSET', names.relationship .. id, 'state', 'ended')
    redis.call('HINCRBY', names.relationship .. id, 'revision', 1)
  end
  write_notices(plan, now)
  append_audit(keys[3], args[2], now)
  return {'ok', #ending}
end

redis.register_function('hs_set_leaving', set_leaving)
redis.register_function('hs_finish_leaving', finish_leaving)
