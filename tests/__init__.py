"""The tests: what must stay true, in sentences."""
