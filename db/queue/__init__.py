"""What comes in and goes out, in order: updates, the outbox, the sequence, leases, and notices between processes."""
