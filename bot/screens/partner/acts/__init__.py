"""What a member does with a lead besides moving it. Dutch only."""
