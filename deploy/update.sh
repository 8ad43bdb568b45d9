#!/bin/sh
# Bring a running installation to the code in this folder while it serves: migrate, start as many
# new instances as there are old ones, then stop the old ones, each after what it was doing.
set -eu
cd "$(dirname "$0")/.."
compose=${COMPOSE:-docker compose}
engine=${ENGINE:-docker}
# podman-compose does not list the containers of one service; their labels are the same everywhere.
containers() {
  $compose ps -q "$1" 2> /dev/null || $engine ps -q --filter "label=com.docker.compose.service=$1" \
    --filter "label=com.docker.compose.project=${COMPOSE_PROJECT_NAME:-boursa}"
}
number() { containers "$1" | grep -c . || true; }
# What was started is taken away again, or every failed update would leave more instances than there were.
withdraw() {
  for container in $(containers app); do
    case "$old" in *"$container"*) continue ;; esac
    $engine stop -t 130 "$container" > /dev/null || true
    $engine rm -f "$container" > /dev/null
  done
}
$compose build app
$compose run --rm migrate
# The new release's static files stand beside the old one's before anybody is sent to them.
$compose run --rm prepare
old=$(containers app)
count=$(number app)
workers=$(number worker)
# One after the other: Nginx hears of an instance before it listens, and tries three for a request, not all.
made=0
while [ "$made" -lt "$count" ]; do
  made=$((made + 1))
  $compose up -d --no-deps --no-recreate --scale app=$((count + made)) app
  for container in $(containers app); do
    case "$old" in *"$container"*) continue ;; esac
    until state=$($engine inspect -f '{{.State.Health.Status}}' "$container") && [ "$state" = healthy ]; do
      if [ "$state" = unhealthy ]; then
        echo "$container is unhealthy and is removed; the old instances serve on. The end of its log:" >&2
        $engine logs --tail 50 "$container" >&2 || true
        withdraw
        exit 1
      fi
      sleep 1
    done
  done
done
# Whom Nginx asked before it listened is left alone for ten seconds (fail_timeout).
sleep 10
# Nginx may spend a try on one that is gone until the name server has dropped it.
for container in $old; do
  $engine stop -t 130 "$container" > /dev/null
  $engine rm "$container" > /dev/null
  sleep 3
done
# As many as there were: without a number, compose goes back to one.
$compose up -d --no-deps --force-recreate --scale "worker=$workers" worker
echo "$count instances are new."
