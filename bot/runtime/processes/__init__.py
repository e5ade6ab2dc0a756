"""The processes: everything put together, started and stopped."""
