"""The end card and the cards behind its buttons."""
