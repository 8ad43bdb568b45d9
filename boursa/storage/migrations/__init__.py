"""The schema's history: Alembic revisions, run through Flask-Migrate."""
