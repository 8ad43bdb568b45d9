"""BoursA: a self-hosted workbench that says what market data can and cannot tell."""

__version__ = "0.1.0"
