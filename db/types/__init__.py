"""Column types: encrypted values and aware moments in UTC. And what is said of each column."""
