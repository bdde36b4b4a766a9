-- Relationships. One is the hash {therapist, client ('' while invited), state, revision, ends_at ms,
-- pause:<lane> 'from:until:reason', agreement 32 bytes, agreement_revoked, hours_version, leaving, sig:<role>,
-- period:<lane>:<direction>}.
-- `revision` counts the changes of everything but hours_version, which counts for itself, and the period.

-- {id, therapist, client, state, policy version, revision, ends at or '', pause of the routine lane or '', of
-- the logistics lane or '', agreement or '', hours version, therapist leaving (1) or not (0), agreement revoked (1) or
-- not (0)}, or nil.
local function relationship_facts(relationship_prefix, policy_prefix, id)
  local record = redis.call('HMGET', relationship_prefix .. id, 'therapist', 'client', 'state', 'revision', 'ends_at',
    'pause:routine', 'pause:logistics', 'agreement', 'hours_version', 'leaving',
    'agreement_revoked')
  if not record[1] then return nil end
  return {id, record[1], record[2], record[3], tonumber(policy_version(policy_prefix .. record[1])),
    tonumber(record[4] or 0), record[5] or '', record[6] or '', record[7] or '', record[8] or '',
    tonumber(record[9] or 0), record[10] and 1 or 0, record[11] and 1 or 0}
end

-- Whether a decision still stands: nil, or the refusal. From `base` on, `args` are the therapist, hex, on whose
-- policy it was made; the relationship's revision; the policy's version; the version of the client's hours; valid
-- from, ms; valid until, ms, exclusive. The first three parameters are what the relationship's record says.
local function check_validity(therapist, revision, hours_version, policy_key, args, base, now)
  if therapist ~= args[base] or (revision or '0') ~= args[base + 1] or (hours_version or '0') ~= args[base + 3]
    or policy_version(policy_key) ~= args[base + 2] then return {'stale'} end
  if now < tonumber(args[base + 4]) or now >= tonumber(args[base + 5]) then return {'stale'} end
end

-- The document of a version, '' at version 0 and when the caller knows it.
local function unknown_document(policy_key, version, known)
  if version == 0 or decimal(version) == known then return '' end
  return redis.call('HGET', policy_key, 'v' .. decimal(version)) or broken('policy document')
end

-- hs_relationship_facts. KEYS: 1 relationship prefix, 2 policy prefix. ARGV: 1 relationship, hex; 2 asking
-- account, hex, or '' for whoever may see them all; 3 and 4 the versions of policy and hours that the caller knows. Answers the facts, the policy's
-- and the hours' document, '' for those that are known or absent.
local function facts_for_party(keys, args)
  expect(keys, 2, args, 4)
  local facts = relationship_facts(keys[1], keys[2], args[1])
  if not facts or (args[2] ~= '' and facts[2] ~= args[2] and facts[3] ~= args[2]) then return {'not_found'} end
  return {'ok', facts, unknown_document(keys[2] .. facts[2], facts[5], args[3]),
    unknown_document(keys[2] .. facts[3], facts[11], args[4])}
end

-- hs_list_relationships. KEYS: 1 account (hash), 2 its relationships (set), 3 relationship prefix, 4 policy
-- prefix. No ARGV. Answers the facts of each, by id.
local function list_relationships(keys, args)
  expect(keys, 4, args, 0)
  if redis.call('EXISTS', keys[1]) == 0 then return {'not_found'} end
  local ids, answer = redis.call('SMEMBERS', keys[2]), {'ok'}
  table.sort(ids)
  for _, id in ipairs(ids) do
    answer[#answer + 1] = relationship_facts(keys[3], keys[4], id) or broken('relationship of an account')
  end
  return answer
end

-- Which state follows on which. `invited` becomes active when its invite is redeemed, and not here; the same
-- state again changes its pauses or its end. `ended` leads to `severed` alone: what was accepted before the ending
-- would still pass at its opening. `severed` is final.
local kLawful = {
  active = {active = true, paused = true, ending = true, ended = true, severed = true},
  paused = {active = true, paused = true, ending = true, ended = true, severed = true},
  ending = {ending = true, ended = true, severed = true},
  ended = {severed = true},
}

-- Every message that waits in a relationship, both ways, all lanes.
local function messages_between(names, relationship)
  local messages = {}
  for _, way in ipairs(directions_of(names, relationship)) do
    for _, lane in ipairs({'routine', 'logistics', 'urgent'}) do
      for _, message in ipairs(waiting_messages(names, relationship, lane, way[2], way[1])) do
        messages[#messages + 1] = message
      end
    end
  end
  return messages
end

local function set_or_clear(key, field, value)
  if value == '' then redis.call('HDEL', key, field) else redis.call('HSET', key, field, value) end
end

-- hs_set_relationship. KEYS: 1 audit ledger (list), 2 policy prefix, then the six of names_at(). ARGV:
-- 1 relationship, hex; 2 the revision that it was made from; 3 state; 4 ends at, ms or ''; 5 and 6 pause of the
-- routine and the logistics lane, 'from:until:reason' or ''; 7 audit record; 8 the held_count of the therapist's
-- policy on which it was computed, or 'any'; nine of form_at(); then notices (see notices_from). `severed`
-- also takes back everything that waits, and tells the senders of what nobody has collected; it is not refused
-- for want of room. Answers the new revision and how many messages went back.
local function set_relationship(keys, args)
  if #keys ~= 2 + kMessageNames or #args < 8 + kFormArgs then broken('hs_set_relationship: counts') end
  local names, now, state = names_at(keys, 2), now_ms(), args[3]
  local key, next_revision = names.relationship .. args[1], decimal(tonumber(args[2]) + 1)
  local record = redis.call('HMGET', key, 'state', 'revision', 'ends_at', 'pause:routine', 'pause:logistics',
    'therapist')
  if not record[1] then return {'not_found'} end
  if record[2] == next_revision and record[1] == state and (record[3] or '') == args[4]
    and (record[4] or '') == args[5] and (record[5] or '') == args[6] then
    return {'ok', tonumber(next_revision), 0}
  end
  if record[2] ~= args[2] then return {'stale'} end
  if not kLawful[record[1]] or not kLawful[record[1]][state] then return {'unlawful'} end
  if args[8] ~= 'any' and held_count(keys[2] .. record[6]) ~= args[8] then return {'changed'} end
  local severed, notices, form, returned = state == 'severed', notices_from(args, 18), form_at(args, 8), 0
  local messages = severed and messages_between(names, args[1]) or {}
  for _, message in ipairs(messages) do
    message.returned = not message.collected and not message.read
    if message.returned then
      returned = returned + 1
      tell_sender(notices, form, message)
    end
  end
  local plan = plan_notices(names.notices, notices, severed)
  if not plan then return {'quota'} end
  redis.call('HSET', key, 'state', state, 'revision', next_revision)
  set_or_clear(key, 'ends_at', args[4])
  set_or_clear(key, 'pause:routine', args[5])
  set_or_clear(key, 'pause:logistics', args[6])
  for _, message in ipairs(messages) do remove_copies(message, nil, false, message.returned and 'b') end
  close_boxes(messages)
  write_notices(plan, now)
  append_audit(keys[1], args[7], now)
  return {'ok', tonumber(next_revision), returned}
end

redis.register_function{function_name = 'hs_relationship_facts', callback = facts_for_party, flags = {'no-writes'}}
redis.register_function{function_name = 'hs_list_relationships', callback = list_relationships, flags = {'no-writes'}}
-- Severing must be possible when memory is full, and frees it.
redis.register_function{function_name = 'hs_set_relationship', callback = set_relationship, flags = {'allow-oom'}}
