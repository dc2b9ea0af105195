#!/bin/sh
# redis.sh start: Redis with the password of REDIS_URL, or of the file that REDIS_URL_FILE names.
# redis.sh check: succeeds once Redis has loaded its data, and while it answers.
# redis.sh cli <command...>: redis-cli with that password.
set -eu

url=${REDIS_URL:-$(cat "$REDIS_URL_FILE")}
password=${url#*://*:}
password=${password%@*}

case $1 in
  start)
    # By a file, since everybody on the machine sees arguments.
    umask 077
    printf 'requirepass "%s"\n' "$password" >/tmp/redis.conf
    # The append-only file keeps every acknowledged write; `noeviction` keeps Redis from dropping keys to make room.
    exec redis-server /tmp/redis.conf --dir /data --appendonly yes --appendfsync everysec --maxmemory-policy noeviction
    ;;
  check)
    # -e: while Redis loads it answers with an error.
    REDISCLI_AUTH=$password exec redis-cli -e ping
    ;;
  cli)
    shift
    REDISCLI_AUTH=$password exec redis-cli "$@"
    ;;
esac
