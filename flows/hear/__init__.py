"""Hear what residents type: a cry for help in any spelling, and numbers that nobody may keep."""
