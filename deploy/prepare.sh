#!/bin/sh
# What must be there before the web server starts: a certificate, its configuration, the static files.
set -eu
boursa cert dev || echo "The certificate that is there is kept."
chmod 0644 "$TLS_KEY"  # the folder is shared with the web server's account and nobody else
cp -a /opt/boursa/boursa/web/static/. /srv/boursa/static/
boursa nginx render --to /srv/boursa/nginx --version 1.28.0 --resolve \
  --state /tmp --static /srv/boursa/static --access-log /dev/stdout --error-log stderr
