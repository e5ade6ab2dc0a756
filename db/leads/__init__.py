"""Leads: where they stand, what is kept of them, and until when."""
