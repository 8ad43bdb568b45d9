"""Where prices come from: one module a source, and one line in the registry."""
