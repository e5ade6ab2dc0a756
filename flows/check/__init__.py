"""What is wrong with the content, and what changed in it, in words that a coordinator understands."""
