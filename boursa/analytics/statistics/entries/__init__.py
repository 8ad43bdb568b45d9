"""The lines of the catalogue, one file per family; each holds a tuple ``TESTS``."""
