"""What residents said yes to, what was disclosed on it, and what they are asked now."""
