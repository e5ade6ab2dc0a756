"""What is said about a lead between its resident and who helps them."""
