#!/bin/sh
# What the entrypoint of PostgreSQL's own image does of which compose.yaml makes use.
set -eu
data=/var/lib/postgresql/data
if [ "$(id -u)" -eq 0 ]; then
  chown postgres "$data" && chmod 0700 "$data"
  exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi
if [ ! -s "$data/PG_VERSION" ]; then
  initdb --pgdata "$data" --username "$POSTGRES_USER" --pwfile "$POSTGRES_PASSWORD_FILE" \
    --auth-local trust --auth-host scram-sha-256 --encoding UTF8
  echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
  pg_ctl --pgdata "$data" --options "-c listen_addresses= -k /tmp" --wait start
  createdb --host /tmp --username "$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl --pgdata "$data" --mode fast --wait stop
fi
exec "$@" -D "$data" -c listen_addresses='*' -k /tmp
