"""Messages go out: from the outbox, in order for each person, at the rate that the channel allows."""
