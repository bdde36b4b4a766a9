-- The practices of the store, so that a gateway comes to each, also while nobody is connected: a sorted set of ids in
-- hexadecimal, all of score 0, so in their own order. In no practice's slot; who is in it and does not exist is empty.

local kPracticesMax = 65536

-- hs_list_practice. KEYS: 1 practices (sorted set). ARGV: 1 practice, hex. Answers 1 when it was not listed, else 0.
local function list_practice(keys, args)
  expect(keys, 1, args, 1)
  if redis.call('ZSCORE', keys[1], args[1]) then return {'ok', 0} end
  if redis.call('ZCARD', keys[1]) >= kPracticesMax then return {'quota'} end
  redis.call('ZADD', keys[1], 0, args[1])
  return {'ok', 1}
end

-- hs_strike_practice. KEYS and ARGV as hs_list_practice.
local function strike_practice(keys, args)
  expect(keys, 1, args, 1)
  redis.call('ZREM', keys[1], args[1])
  return {'ok'}
end

-- hs_next_practices. KEYS: 1 practices (sorted set). ARGV: 1 after which one, hex, '' for the first; 2 at most.
-- Answers them in order.
local function next_practices(keys, args)
  expect(keys, 1, args, 2)
  local from = args[1] == '' and '-' or '(' .. args[1]
  local answer = redis.call('ZRANGEBYLEX', keys[1], from, '+', 'LIMIT', 0, args[2])
  table.insert(answer, 1, 'ok')
  return answer
end

redis.register_function('hs_list_practice', list_practice)
redis.register_function{function_name = 'hs_strike_practice', callback = strike_practice, flags = {'allow-oom'}}
redis.register_function{function_name = 'hs_next_practices', callback = next_practices, flags = {'no-writes'}}
