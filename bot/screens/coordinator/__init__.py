"""What the coordinator sees: the dashboard of the wijk and the members. Dutch only."""
