"""The ways in and out; each channel knows its own library and nobody else does."""
