#!/bin/sh
# Numba looks for what it compiled in a folder that it may write to, and the image is read-only.
set -eu
if [ ! -d "$NUMBA_CACHE_DIR" ] && [ -d /opt/boursa/numba ]; then
  cp -a /opt/boursa/numba "$NUMBA_CACHE_DIR"
fi
exec "$@"
