"""What the clock has to do with leads: who must do something before when, and what is forgotten when."""
