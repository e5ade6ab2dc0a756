"""What is kept beside: the audit, the switches, the counts of links, the ids of rows."""
