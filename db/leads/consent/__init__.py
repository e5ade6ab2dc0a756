"""What residents say of their leads: what they said yes to, what was disclosed on it, what they are asked and want."""
