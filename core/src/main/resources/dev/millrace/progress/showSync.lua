--[[ showSync: show the master sync in progress, unless another program holds its lock.
  KEYS[1] STRING lock; KEYS[2] STRING status; KEYS[3] STRING progress
  ARGV[1] task id; ARGV[2] status, JSON; ARGV[3] progress, JSON, or '' for none; ARGV[4] life of the keys, ms; ARGV[5] task id of a sync
    that has ended, whose lock may be taken over, or ''
  Returns '', or the holder of the lock, whose keys are left alone.
]]
local kind = redis.call('TYPE', KEYS[1]).ok
local holder = kind == 'string' and redis.call('GET', KEYS[1]) or ''
if (kind ~= 'none' and kind ~= 'string') or (holder ~= '' and holder ~= ARGV[1] and holder ~= ARGV[5]) then
  return holder == '' and kind or holder
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[4])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[4])
if ARGV[3] == '' then
  redis.call('DEL', KEYS[3])
else
  redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
end
return ''
