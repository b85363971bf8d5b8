--[[ refill: add jobs that had been left to Postgres, and say how many of them still are.
  KEYS[1] ZSET   ready
  KEYS[2] STRING behind
  ARGV[1] the count of jobs left behind as it was read before Postgres was asked
  ARGV[2] 1 when Postgres holds more than these, else 0
  ARGV[3..] score, member, ...
  Returns the number of members added.
  A push that was left behind since then keeps the count above zero, so that nothing is forgotten.
]]
local added = 0
for from = 3, #ARGV, 1000 do
  added = added + redis.call('ZADD', KEYS[1], unpack(ARGV, from, math.min(from + 999, #ARGV)))
end
if ARGV[2] == '0' then
  local now = tonumber(redis.call('GET', KEYS[2]) or '0')
  local rest = now - tonumber(ARGV[1])
  if rest > 0 then
    redis.call('SET', KEYS[2], rest)
  else
    redis.call('DEL', KEYS[2])
  end
end
return added
