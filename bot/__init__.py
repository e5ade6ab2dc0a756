"""What is delivered: the roof over `flows` and `db`."""
