"""The ground: numbers in, numbers out. No Flask, no database, no network, no clock.

Usable as a library of its own::

    from boursa.analytics import statistics
    statistics.run("shapiro-wilk", [returns])
"""
