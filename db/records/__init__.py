"""Records beside people and leads: the audit, the switches, the link counts, the ids of rows."""
