"""The content, read once at the start: charts, wijk and words; and the commands that check, draw and translate it."""
