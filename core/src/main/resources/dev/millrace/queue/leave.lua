--[[ leave: count jobs as left to Postgres, if a push would leave all of them there; spares sending them.
  KEYS[1] ZSET   ready
  KEYS[2] STRING behind
  ARGV[1] the lowest score of the jobs
  ARGV[2] how many they are
  Returns 1 when they are counted; 0 when they have to be pushed.
]]
local behind = tonumber(redis.call('GET', KEYS[2]) or '0')
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if behind == 0 or #last == 0 or tonumber(ARGV[1]) <= tonumber(last[2]) then
  return 0
end
redis.call('INCRBY', KEYS[2], ARGV[2])
return 1
