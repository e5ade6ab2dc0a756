"""What is delivered: the roof over `flows` and `db`."""

import sys

# Three libraries load rich, if it is there, for a console that we never show: four megabytes and a fifth of a second.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
