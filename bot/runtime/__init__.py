"""The edge: network, time and processes. Async is allowed here and in the demo, and nowhere else."""
