"""Running an installation: schema, health, checks, backup."""
