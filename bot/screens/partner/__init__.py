"""What members of partners see: the inbox, a lead and its moves, joining. Dutch only."""
