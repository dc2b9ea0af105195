#!/bin/sh
# start.sh <configuration> <alertmanager> [arguments]: starts Alertmanager, which reads no environment, with ALERT_WEBHOOK_URL in
# its configuration. Without that variable alerts are shown on its page and sent to nobody.
set -eu

template=$1
shift
configuration=$(mktemp)

if [ -n "${ALERT_WEBHOOK_URL:-}" ]; then
  # In a YAML string in single quotes a quote is doubled; sed gives \, & and its separator a meaning.
  url=$(printf '%s' "$ALERT_WEBHOOK_URL" | sed -e "s/'/''/g" -e 's/[\\&|]/\\&/g')
  sed "s|http://alert-webhook.invalid/|'$url'|" "$template" >"$configuration"
else
  echo 'ALERT_WEBHOOK_URL is not set: alerts are sent to nobody' >&2
  sed '/webhook_configs:/,$d' "$template" >"$configuration"
fi
exec "$@" --config.file="$configuration"
