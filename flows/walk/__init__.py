"""The core: (place, what was heard) to (new place, what to do), and all that it reckons on the way."""
