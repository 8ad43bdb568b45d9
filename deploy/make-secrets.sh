#!/bin/sh
# Make the secrets that compose.yaml mounts, once; what is there is never overwritten.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
fresh() { head -c 48 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | cut -c1-40 | tr -d '\n'; }
keep() { [ -s "secrets/$1" ] || { cat > "secrets/$1"; echo "secrets/$1: made"; }; }
for name in secret_key postgres_password redis_password grafana_password; do
  fresh | keep "$name"
done
printf 'postgresql://boursa:%s@postgres:5432/boursa' "$(cat secrets/postgres_password)" | keep database_url  # pragma: allowlist secret
printf 'redis://:%s@redis:6379/0' "$(cat secrets/redis_password)" | keep cache_redis_url  # pragma: allowlist secret
# The services read them with accounts of their own; nobody else enters the folder.
chmod 0444 secrets/*
