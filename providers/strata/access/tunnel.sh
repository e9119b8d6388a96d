# Keeps a TCP way between this host and a machine of a stack open, for as long as the stack has its keys:
# tunnel.sh CONFIGURATION ADDRESS -L|-R FORWARD, the latter two as ssh has them. ssh ends when the machine reboots or
# does not answer for as long as the configuration says, and is started again.
configuration=$1 address=$2 direction=$3 forward=$4
connect() { ssh -F "$configuration" -o ControlMaster=no -o ControlPath=none "$@"; }
while [ -e "$configuration" ]; do
  connect -o ExitOnForwardFailure=yes -n -N "$direction" "$forward" "$address"
  sleep 2
  # A machine that has not noticed that a connection is lost keeps its port.
  [ "$direction" = -L ] ||
    connect -n "$address" "ss -Hltnp 'sport = :$(echo "$forward" | cut -d : -f 2)' | sed -n 's/.*\"sshd.*pid=\([0-9]*\).*/\1/p' | xargs -r kill"
done
