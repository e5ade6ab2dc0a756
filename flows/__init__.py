"""What is said: charts, the pure walk through them, and everything derived from them. Imports nothing of ours."""
