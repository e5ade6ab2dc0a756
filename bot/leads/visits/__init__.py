"""The visit: who helps proposes times, the other helper says what fits, the resident chooses."""
