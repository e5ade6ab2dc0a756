"""What the clock does: jobs that tick beside the updates."""
