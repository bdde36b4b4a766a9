-- Contact agreements: each side of a relationship signs the hash of the terms. sig:<role> in the relationship's
-- record is that hash (32 bytes) and the signed statement; when both sides signed one hash it is the agreement in
-- force, and stays so until both have signed another or one has revoked. agreed:<role> is the statement that it came
-- into force by. agreement_revoked is 1 from a revocation of what was in force until both have signed again.

local kSigningStates = {active = true, paused = true, ending = true}

-- The record's field for the statement of `account`, or nil when it is no party.
local function statement_field(record, account)
  if record[1] == account then return 'sig:therapist', 'sig:client' end
  if record[2] == account then return 'sig:client', 'sig:therapist' end
end

local function agreed_field(field)
  return 'agreed:' .. string.sub(field, 5)
end

-- hs_sign_agreement. KEYS: 1 relationship (hash), 2 audit ledger (list), 3 notices prefix. ARGV: 1 who signs,
-- hex; 2 hash of the terms, 32 bytes; 3 signed statement, bytes; 4 audit record; 5 the relationship's revision on
-- which the notices were computed; then notices. Answers the revision and 1 when the terms are in force.
local function sign_agreement(keys, args)
  if #keys ~= 3 or #args < 5 then broken('hs_sign_agreement: counts') end
  local record = redis.call('HMGET', keys[1], 'therapist', 'client', 'state', 'revision', 'agreement')
  local field, other = statement_field(record, args[1])
  if not field then return {'not_found'} end
  if not kSigningStates[record[3]] then return {'closed'} end
  if redis.call('HGET', keys[1], field) == args[2] .. args[3] then
    return {'ok', tonumber(record[4]), record[5] == args[2] and 1 or 0}
  end
  if record[4] ~= args[5] then return {'stale'} end
  local plan, now = plan_notices(keys[3], notices_from(args, 6)), now_ms()
  if not plan then return {'quota'} end
  local both = string.sub(redis.call('HGET', keys[1], other) or '', 1, 32) == args[2]
  redis.call('HSET', keys[1], field, args[2] .. args[3])
  if both then
    redis.call('HSET', keys[1], 'agreement', args[2], agreed_field(field), args[3],
      agreed_field(other), string.sub(redis.call('HGET', keys[1], other), 33))
    redis.call('HDEL', keys[1], 'agreement_revoked')
  end
  local revision = redis.call('HINCRBY', keys[1], 'revision', 1)
  write_notices(plan, now)
  append_audit(keys[2], args[4], now)
  return {'ok', revision, both and 1 or 0}
end

-- hs_revoke_agreement. KEYS as hs_sign_agreement. ARGV: 1 who revokes, hex; 2 audit record; then notices. What
-- that side signed and the agreement in force are gone at once; a full box of notices does not hinder it. Answers the
-- revision.
local function revoke_agreement(keys, args)
  if #keys ~= 3 or #args < 2 then broken('hs_revoke_agreement: counts') end
  local record = redis.call('HMGET', keys[1], 'therapist', 'client', 'revision', 'agreement')
  local field = statement_field(record, args[1])
  if not field then return {'not_found'} end
  if not record[4] and redis.call('HEXISTS', keys[1], field) == 0 then return {'ok', tonumber(record[3])} end
  local plan, now = plan_notices(keys[3], notices_from(args, 3), true), now_ms()
  redis.call('HDEL', keys[1], field, 'agreement', 'agreed:therapist', 'agreed:client')
  if record[4] then redis.call('HSET', keys[1], 'agreement_revoked', 1) end
  local revision = redis.call('HINCRBY', keys[1], 'revision', 1)
  write_notices(plan, now)
  append_audit(keys[2], args[2], now)
  return {'ok', revision}
end

-- hs_fetch_agreement. KEYS: 1 relationship (hash). ARGV: 1 who asks, hex. Answers the hash in force or '', then
-- hash and statement of the therapist, of the client, then the statements in force of both, '' for what is not
-- there.
local function fetch_agreement(keys, args)
  expect(keys, 1, args, 1)
  local record = redis.call('HMGET', keys[1], 'therapist', 'client', 'agreement', 'sig:therapist', 'sig:client',
    'agreed:therapist', 'agreed:client')
  if not statement_field(record, args[1]) then return {'not_found'} end
  local therapist, client = record[4] or '', record[5] or ''
  return {'ok', record[3] or '', string.sub(therapist, 1, 32), string.sub(therapist, 33), string.sub(client, 1, 32),
    string.sub(client, 33), record[6] or '', record[7] or ''}
end

redis.register_function('hs_sign_agreement', sign_agreement)
redis.register_function('hs_revoke_agreement', revoke_agreement)
redis.register_function{function_name = 'hs_fetch_agreement', callback = fetch_agreement, flags = {'no-writes'}}
