"""Bring an empty database, or the earlier BoursA's, to a working one: ``boursa db init``."""

from _environment import boursa

boursa("db", "init")
