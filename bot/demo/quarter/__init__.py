"""A quarter of a wijk, played on the real bot with the clock sped up: who comes, who helps, and what is promised."""
