"""Members and their leads: a membership ends, a member stops reading or returns, and what their menu shows."""
