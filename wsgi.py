"""The WSGI entry point: ``gunicorn wsgi:app``."""

from boursa.app import create_app

app = create_app()
