#!/bin/sh
# Starts the Telar agent from wherever this folder is. Arguments: --config FILE --data DIR
home=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd) || exit 1
# One arena: the C library otherwise keeps one for each thread, and gives nothing back.
export MALLOC_ARENA_MAX=1
# shellcheck disable=SC2086 # the options are words
exec "$home/runtime/bin/java" "@$home/jvm.options" "-XX:SharedArchiveFile=$home/agent.jsa" \
    "-Dorg.sqlite.lib.path=$home/native" -Dtelar.serial."library.path=$home/native" ${TELAR_JAVA_OPTIONS:-} \
    -jar "$home/telar-agent.jar" --verify --profile "$home/profile" "$@"
