"""What a button means, and how it carries that."""
