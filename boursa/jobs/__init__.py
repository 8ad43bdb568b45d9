"""Doing the work that job rows ask for: the worker, its child processes, the sweeper."""
