"""Mijn hulp: what a resident sees of their leads, and what they can do with them."""
