"""People: where they stand, who works here, who was invited, and what is stored about one person."""
