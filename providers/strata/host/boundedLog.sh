#!/bin/sh
# Keeps the last of what comes through a pipe, in a file of at most 512 KiB and the one before it: what is logged may be as
# much as a guest makes its host complain. $1: the pipe; $2: the file.
# Open for writing too, the pipe has no end: the daemons may start again.
exec <>"$1"
# Of the start before; each file begins empty, so that its bound holds.
[ ! -s "$2" ] || mv -f "$2" "$2.0"
while :; do
  # As it comes, a line at a time mostly: nothing waits for a buffer to be full.
  dd bs=1024 count=512 of="$2" oflag=append conv=notrunc status=none || {
    [ -d "${2%/*}" ] || exit
    sleep 1
  }
  mv -f "$2" "$2.0"
done
