#!/bin/sh
# Makes the class archive (AppCDS): classes ready to be mapped, so that the agent starts in half the time with less
# memory. Only valid on this machine and in this folder; without it the agent starts all the same.
set -e
home=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd)
umask 022
trap 'rm -f "$home/agent.jsa.new" "$home/classes.here"' EXIT
sed "s|@HOME@|$home|" "$home/classes.list" >"$home/classes.here"
"$home/runtime/bin/java" -Xshare:dump -XX:+UseSerialGC -Xmx96m -Xlog:disable -Xlog:all=error:stderr \
    -XX:SharedClassListFile="$home/classes.here" -XX:SharedArchiveFile="$home/agent.jsa.new" -cp "$home/telar-agent.jar"
mv -f "$home/agent.jsa.new" "$home/agent.jsa"
