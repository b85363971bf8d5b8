--[[ push: put ready jobs at the near end of a lane, in order, without letting it outgrow its window.
  KEYS[1] ZSET   ready   member id[:lock key], score rank
  KEYS[2] STRING behind  count of jobs left to Postgres
  ARGV[1] window, the most members kept, >= 1
  ARGV[2] 1 when Postgres is known to hold more than these, else 0
  ARGV[3..] score, member, score, member, ...
  Returns the number of members added.
  A job that ranks behind the window's end while jobs are left behind is left to Postgres as well: it must not overtake.
]]
local window = tonumber(ARGV[1])
local size = redis.call('ZCARD', KEYS[1])
local behind = tonumber(redis.call('GET', KEYS[2]) or '0')
local count = (#ARGV - 2) / 2
local added = 0
if behind == 0 and size + count <= window then
  for from = 3, #ARGV, 1000 do
    added = added + redis.call('ZADD', KEYS[1], unpack(ARGV, from, math.min(from + 999, #ARGV)))
  end
else
  local left = 0
  for i = 3, #ARGV, 2 do
    local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
    local fits = size < window and behind + left == 0
    if fits or #last == 0 or tonumber(ARGV[i]) < tonumber(last[2]) then
      local new = redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
      added = added + new
      size = size + new
      if size > window then
        redis.call('ZPOPMAX', KEYS[1])
        size = size - 1
        left = left + 1
      end
    elseif not redis.call('ZSCORE', KEYS[1], ARGV[i + 1]) then
      left = left + 1
    end
  end
  if left > 0 then
    redis.call('INCRBY', KEYS[2], left)
    behind = behind + left
  end
end
if ARGV[2] == '1' and behind == 0 then
  redis.call('SET', KEYS[2], 1)
end
return added
