"""The core: from (place, what was heard) to (new place, what to do), and all that it works out on the way."""
