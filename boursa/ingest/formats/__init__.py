"""The kinds of files that BoursA reads: one module each, and one line in the catalogue."""
