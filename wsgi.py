"""The WSGI entry point: ``gunicorn wsgi:app``."""

from boursa import settings
from boursa.app import create_app
from boursa.cli.installation import log_as_set

_config = settings.load()
log_as_set(_config)
app = create_app(_config)
