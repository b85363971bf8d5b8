# Runs one service and stops it as soon as its parent is gone, whatever ended the parent.
#
#   sh -c THIS NAME LOG INPUT SIGNALS COMMAND...
#
# stdin    a pipe whose other end only the parent holds: its end means "stop", or "your parent is dead"
# stdout   one line, the pid of the service
# LOG      gets all the service says; INPUT is its stdin
# SIGNALS  tried in this order for eight seconds each, before SIGKILL
# exit     as the service exited
umask 077
log=$1 input=$2 signals=$3
shift 3
exec 3<&0
# The service finds its directory by this, although its account may not enter those above: releases of Postgres before 16 change to
# another directory while they look for their own programs and cannot come back.
exec 9<.

"$@" <"$input" >>"$log" 2>&1 3<&- &
service=$!
echo "$service"
exec >/dev/null 2>&1

(
  while read -r _ <&3; do :; done
  kill -CONT "$service"
  for signal in $signals; do
    tries=0
    # Sent again and again: a service that has not yet installed its handlers may ignore the first.
    while [ "$tries" -lt 80 ]; do
      kill -"$signal" "$service" || exit 0
      sleep 0.1
      tries=$((tries + 1))
    done
  done
  kill -KILL "$service"
) &
watcher=$!

wait "$service"
status=$?
kill -KILL "$watcher"
exit "$status"
