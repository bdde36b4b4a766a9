-- Invites: create, revoke, open, count failures, redeem. An invite is the hash {claim_key, packet, role,
-- relationship, inviter, expires_at, tries}; it is open exactly as long as it exists and is not expired.

local kInviteLifeMs = 7 * 24 * 3600 * 1000
local kOpenInvitesMax = 100
local kRelationshipsMax = 256
local kInviteTries = 5

-- Deletes an invite, and its relationship if nobody joined it.
local function drop_invite(invite_key, open_key, invite, relationships_key, relationship_prefix, relationship)
  redis.call('DEL', invite_key)
  redis.call('ZREM', open_key, invite)
  if relationship ~= '' and redis.call('HGET', relationship_prefix .. relationship, 'state') == 'invited' then
    redis.call('DEL', relationship_prefix .. relationship)
    redis.call('SREM', relationships_key, relationship)
  end
end

local function write_invite(invite_key, open_key, invite, claim_key, packet, role, relationship, inviter, expires_at)
  redis.call('HSET', invite_key, 'claim_key', claim_key, 'packet', packet, 'role', role,
    'relationship', relationship, 'inviter', inviter, 'expires_at', expires_at, 'tries', '0')
  redis.call('ZADD', open_key, expires_at, invite)
end

local function is_same_invite(invite_key, claim_key, packet, role, relationship, inviter)
  local old = redis.call('HMGET', invite_key, 'claim_key', 'packet', 'role', 'relationship', 'inviter')
  return old[1] == claim_key and old[2] == packet and old[3] == role and old[4] == relationship
    and old[5] == inviter
end

local function lives_in_bounds(expires_at, now)
  local at = tonumber(expires_at)
  return at and at > now and at <= now + kInviteLifeMs
end

-- hs_create_practice. KEYS: 1 practice (hash, made here), 2 invite (hash), 3 open invites of the operator
-- (sorted set). ARGV: 1 invite id, hex; 2 claim key, 32 bytes; 3 packet, bytes; 4 expires at, ms;
-- 5 the operator as inviter, hex zeros.
local function create_practice(keys, args)
  expect(keys, 3, args, 5)
  local now = now_ms()
  if not lives_in_bounds(args[4], now) then return {'invalid'} end
  local first = redis.call('HGET', keys[1], 'first_invite')
  if first then
    if first == args[1] and is_same_invite(keys[2], args[2], args[3], '1', '', args[5]) then return {'ok'} end
    return {'conflict'}
  end
  if redis.call('EXISTS', keys[2]) == 1 then return {'conflict'} end
  redis.call('HSET', keys[1], 'first_invite', args[1], 'created_at', decimal(now))
  write_invite(keys[2], keys[3], args[1], args[2], args[3], '1', '', args[5], args[4])
  return {'ok'}
end

-- What to sweep before the inviter's open invites are counted: {invite, relationship or ''} of each
-- expired one, and how many invited relationships go with them.
local function expired_invites(open_key, invite_prefix, relationship_prefix, now)
  local found, relationships = {}, 0
  for _, invite in ipairs(redis.call('ZRANGEBYSCORE', open_key, '-inf', decimal(now), 'LIMIT', 0, kOpenInvitesMax)) do
    local relationship = redis.call('HGET', invite_prefix .. invite, 'relationship') or ''
    if relationship ~= '' and redis.call('HGET', relationship_prefix .. relationship, 'state') == 'invited' then
      relationships = relationships + 1
    end
    found[#found + 1] = {invite, relationship}
  end
  return found, relationships
end

-- hs_create_invite. KEYS: 1 invite (hash), 2 open invites of the inviter (sorted set), 3 inviter's account
-- (hash), 4 inviter's relationships (set), 5 invite prefix, 6 relationship prefix. ARGV: 1 invite id, hex;
-- 2 claim key, 32 bytes; 3 packet, bytes; 4 role, '2', '3' or '4'; 5 relationship id, hex, '' unless role 3;
-- 6 inviter, hex; 7 expires at, ms.
local function create_invite(keys, args)
  expect(keys, 6, args, 7)
  local invite, claim_key, packet, role, relationship, inviter = unpack(args)
  local now = now_ms()
  local inviter_role, leaving = unpack(redis.call('HMGET', keys[3], 'role', 'leaving'))
  local inviting_role = ({['2'] = '1', ['3'] = '2', ['4'] = '1'})[role]
  if leaving or not inviting_role or inviter_role ~= inviting_role then return {'permission_denied'} end
  if not lives_in_bounds(args[7], now) then return {'invalid'} end
  if redis.call('EXISTS', keys[1]) == 1 then
    if is_same_invite(keys[1], claim_key, packet, role, relationship, inviter) then return {'ok'} end
    return {'conflict'}
  end
  local expired, freed = expired_invites(keys[2], keys[5], keys[6], now)
  if redis.call('ZCARD', keys[2]) - #expired >= kOpenInvitesMax then return {'quota'} end
  if role == '3' then
    if redis.call('EXISTS', keys[6] .. relationship) == 1 then return {'conflict'} end
    if redis.call('SCARD', keys[4]) - freed >= kRelationshipsMax then return {'quota'} end
  end
  for _, old in ipairs(expired) do
    drop_invite(keys[5] .. old[1], keys[2], old[1], keys[4], keys[6], old[2])
  end
  if role == '3' then
    redis.call('HSET', keys[6] .. relationship, 'therapist', inviter, 'client', '', 'state', 'invited',
      'revision', '1')
    redis.call('SADD', keys[4], relationship)
  end
  write_invite(keys[1], keys[2], invite, claim_key, packet, role, relationship, inviter, args[7])
  return {'ok'}
end

-- {relationship, inviter, tries, role} of an open invite, or nil.
local function open_record(invite_key, now)
  local record = redis.call('HMGET', invite_key, 'relationship', 'inviter', 'tries', 'role', 'expires_at')
  if not record[5] or tonumber(record[5]) <= now then return nil end
  return {relationship = record[1], inviter = record[2], tries = tonumber(record[3]), role = record[4]}
end

-- hs_revoke_invite. KEYS: 1 invite (hash), 2 open invites of the inviter (sorted set), 3 inviter's
-- relationships (set), 4 relationship prefix. ARGV: 1 invite id, hex; 2 who revokes, hex.
local function revoke_invite(keys, args)
  expect(keys, 4, args, 2)
  local record = open_record(keys[1], now_ms())
  if not record or record.inviter ~= args[2] then return {'not_found'} end
  drop_invite(keys[1], keys[2], args[1], keys[3], keys[4], record.relationship)
  return {'ok'}
end

-- hs_open_invite. KEYS: 1 invite (hash). No ARGV. Answers claim key, packet, role, relationship, inviter.
local function open_invite(keys, args)
  expect(keys, 1, args, 0)
  local record = open_record(keys[1], now_ms())
  if not record then return {'not_found'} end
  local secret = redis.call('HMGET', keys[1], 'claim_key', 'packet')
  return {'ok', secret[1], secret[2], record.role, record.relationship, record.inviter}
end

-- hs_count_invite_failure. KEYS and ARGV as hs_revoke_invite; ARGV 2 is the inviter that the invite was
-- opened with. Answers the number of failures; the last one takes the invite with it.
local function count_invite_failure(keys, args)
  expect(keys, 4, args, 2)
  local record = open_record(keys[1], now_ms())
  if not record or record.inviter ~= args[2] then return {'not_found'} end
  local tries = record.tries + 1
  if tries >= kInviteTries then
    drop_invite(keys[1], keys[2], args[1], keys[3], keys[4], record.relationship)
  else
    redis.call('HSET', keys[1], 'tries', decimal(tries))
  end
  return {'ok', tries}
end

-- What a joined relationship's invite leaves: the client's side of the relationship, and no invite.
local function join_relationship(relationship_key, relationships_key, relationship, account, hours_version)
  redis.call('HSET', relationship_key, 'client', account, 'state', 'active')
  if hours_version ~= '0' then redis.call('HSET', relationship_key, 'hours_version', hours_version) end
  redis.call('HINCRBY', relationship_key, 'revision', 1)
  redis.call('SADD', relationships_key, relationship)
end

local function is_open_relationship(relationship_key)
  local record = redis.call('HMGET', relationship_key, 'state', 'client')
  return record[1] == 'invited' and record[2] == ''
end

-- hs_redeem. KEYS: 1 invite (hash), 2 new account (hash, made here), 3 its relationships (set), 4 the
-- invite's relationship (hash; the new account's key again when the role has none), 5 open invites of the
-- inviter (sorted set), 6 conflicts (set), 7 accounts of the practice (set), 8 relationship prefix, 9 audit ledger
-- (list). ARGV: 1 invite id, hex; 2 account id, hex; 3 role; 4 relationship id, hex or ''; 5 signed device list, bytes;
-- 6 its epoch; 7 active devices, '1,2'; 8 audit record; then for each device: id, certificate.
local function redeem(keys, args)
  if #keys ~= 9 or #args < 10 or #args % 2 == 1 then broken('hs_redeem: counts') end
  local now = now_ms()
  local account = redis.call('HMGET', keys[2], 'invite', 'list')
  local record = open_record(keys[1], now)
  if not record then
    if account[1] == args[1] and account[2] == args[5] then return {'ok'} end
    return {'not_found'}
  end
  if record.role ~= args[3] or record.relationship ~= args[4] then return {'not_found'} end
  if redis.call('EXISTS', keys[2]) == 1 then return {'account_exists'} end
  if args[3] == '3' then
    if not is_open_relationship(keys[4]) then broken('relationship of an open invite') end
    if not may_pair(keys[6], keys[3], keys[8], record.inviter, args[2]) then return {'pair_exists'} end
  end
  redis.call('HSET', keys[2], 'role', args[3], 'list', args[5], 'epoch', args[6], 'active', args[7],
    'revoked', '', 'invite', args[1])
  for i = 9, #args, 2 do redis.call('HSET', keys[2], 'cert:' .. args[i], args[i + 1]) end
  redis.call('SADD', keys[7], args[2])
  if args[3] == '3' then join_relationship(keys[4], keys[3], args[4], args[2], '0') end
  redis.call('DEL', keys[1])
  redis.call('ZREM', keys[5], args[1])
  append_audit(keys[9], args[8], now)
  return {'ok'}
end

-- hs_join. KEYS: 1 invite (hash), 2 account (hash), 3 its relationships (set), 4 the invite's relationship (hash),
-- 5 open invites of the inviter (sorted set), 6 conflicts (set), 7 relationship prefix, 8 hours of the account
-- (hash), 9 audit ledger (list). ARGV: 1 invite id, hex; 2 account id, hex; 3 relationship id, hex; 4 audit record.
local function join(keys, args)
  expect(keys, 9, args, 4)
  local now = now_ms()
  local record = open_record(keys[1], now)
  if not record then
    if redis.call('HGET', keys[4], 'client') == args[2] then return {'ok'} end
    return {'not_found'}
  end
  if record.role ~= '3' or record.relationship ~= args[3] then return {'not_found'} end
  if redis.call('HGET', keys[2], 'role') ~= '3' then return {'permission_denied'} end
  if redis.call('SCARD', keys[3]) >= kRelationshipsMax then return {'quota'} end
  if not is_open_relationship(keys[4]) then broken('relationship of an open invite') end
  if not may_pair(keys[6], keys[3], keys[7], record.inviter, args[2]) then return {'pair_exists'} end
  join_relationship(keys[4], keys[3], args[3], args[2], policy_version(keys[8]))
  redis.call('DEL', keys[1])
  redis.call('ZREM', keys[5], args[1])
  append_audit(keys[9], args[4], now)
  return {'ok'}
end

redis.register_function('hs_create_practice', create_practice)
redis.register_function('hs_create_invite', create_invite)
redis.register_function('hs_revoke_invite', revoke_invite)
redis.register_function{function_name = 'hs_open_invite', callback = open_invite, flags = {'no-writes'}}
redis.register_function('hs_count_invite_failure', count_invite_failure)
redis.register_function('hs_redeem', redeem)
redis.register_function('hs_join', join)
