"""Made-up numbers, addresses and hours for the demo: how it looks when the wijk has filled in everything.

Guards the rule that nothing is invented for residents: it changes no file, and each made-up thing says "demo".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from bot.content.loaded import Content
from flows.model.wijk import Hours, Line, Source, WalkIn

PHONE = "085-0000000 (demo)"
"""A number that nobody can have, and that says so."""

OFFICE = (Hours((0, 1, 2, 3, 4), time(9), time(17)),)


def filled(content: Content, today: date) -> Content:
    """Return the content with everything filled in that the wijk lacks; what it knows stays as it is."""
    wijk = content.wijk
    known = Source("demo", today)
    return replace(
        content,
        wijk=replace(
            wijk,
            lines={key: _line(line, known) for key, line in wijk.lines.items()},
            places={key: _door(place, known) for key, place in wijk.places.items()},
        ),
    )


def _line(line: Line, known: Source) -> Line:
    return line if line.phone else replace(line, phone=PHONE, known=known)


def _door(place: WalkIn, known: Source) -> WalkIn:
    address = place.address or "Demostraat 1 (demo)"
    return replace(place, address=address, hours=place.hours or OFFICE, known=known)
