"""A handover from the yes to its end: who gets it, what they see, when, and what everybody hears. No screens."""
