"""Column types: encrypted values and aware moments in UTC."""
