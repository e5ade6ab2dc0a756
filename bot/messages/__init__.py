"""What travels, as values: updates coming in, cards and messages going out, and the turn between them."""
