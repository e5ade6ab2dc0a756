"""Who does what in the wijk, as members, wijkverbinders and the coordinator read it."""
