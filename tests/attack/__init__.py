"""Attacks on a bot that runs: `python -m tests.attack`. One function per case, in the list of its kind."""
