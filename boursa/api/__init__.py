"""The REST API: one folder a version, one noun a module."""
