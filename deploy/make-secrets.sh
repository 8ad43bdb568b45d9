#!/bin/sh
# Make the secrets and folders that compose.yaml mounts, once; what is there is never overwritten.
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
printf 'postgresql://boursa:%s@pgbouncer:6432/boursa' "$(cat secrets/postgres_password)" | keep pooled_database_url  # pragma: allowlist secret
printf 'redis://:%s@redis:6379/0' "$(cat secrets/redis_password)" | keep cache_redis_url  # pragma: allowlist secret
# The services read them with accounts of their own; nobody else enters the folder.
chmod 0444 secrets/*
# The account in the image writes certificates and backups; a folder that Docker makes is root's.
mkdir -p nginx/ssl backups
if [ "$(id -u)" -eq 0 ]; then
  chown 10001:10001 nginx/ssl backups
  chmod 0755 nginx nginx/ssl
fi
for folder in nginx/ssl backups; do
  case "$(ls -ldn "$folder")" in *" 10001 "*) continue ;; esac
  echo "$folder: only root can give it to the account of the image (10001); run this again as root." >&2
  exit 1
done
