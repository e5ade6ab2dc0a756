"""A visit as a file for a calendar (RFC 5545). Guards the rule that it tells no more than that there is an appointment.

A calendar that several people see names no helper, no organisation, no topic and no address.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from bot.content.loaded import Content
from bot.messages.attachment import DOCUMENT, Attachment
from db.leads.consent.visits import CANCELLED, Visit

NAME = "afspraak.ics"

OCTETS = 75
"""The longest line of a calendar file, in bytes."""


def calendar_file(content: Content, visit: Visit, language: str, now: datetime) -> Attachment | None:
    """Return the file of a visit as it stands now; None when no time was ever agreed."""
    if visit.slot is None or visit.sequence < 0:
        return None
    end = visit.slot + timedelta(minutes=content.desk.visit.minutes)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//afspraak//NL",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{sha256(visit.token.encode()).hexdigest()[:32]}@afspraak",
        f"SEQUENCE:{visit.sequence}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(visit.slot)}",
        f"DTEND:{_utc(end)}",
        f"SUMMARY:{_escaped(content.words.phrase(language, 'visit.summary'))}",
        f"STATUS:{'CANCELLED' if visit.status == CANCELLED else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return Attachment(DOCUMENT, NAME, "".join(f"{_folded(each)}\r\n" for each in lines).encode())


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Return a line in pieces that are not too long; what goes on begins with a space."""
    pieces, size = [""], 0
    for letter in line:
        size += len(letter.encode())
        if size > OCTETS:
            pieces.append(" ")
            size = 1 + len(letter.encode())
        pieces[-1] += letter
    return "\r\n".join(pieces)
