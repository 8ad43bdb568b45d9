"""Results in plain words, French and English: one file per family of tests.

A reading says what was found, how large it is, and what must not be concluded from it. The
functions take plain numbers; nothing is computed here.
"""
