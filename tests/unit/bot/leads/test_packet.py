"""The packet where little fits: the same fields and answers on fewer lines, and not one less."""

from __future__ import annotations

from bot.leads.packet import packet_lines
from tests.simulated import CONTENT

PACKET = {
    "partner": "goos",
    "inbox": "goos",
    "name": "Fatma",
    "reach": "chat",
    "when": "any",
    "language": "nl",
    "topics": ["cut_off", "bills"],
    "urgent": True,
    "answers": [
        ["referral.cut_when", ["week"]],
        ["referral.fragile", ["unknown"]],
        ["referral.urgent", ["cut_off", "food"]],
        ["referral.paying", ["yes"]],
        ["referral.children", ["unknown"]],
    ],
}


def test_each_field_has_a_line_of_its_own() -> None:
    lines = packet_lines(CONTENT, PACKET, CONTENT.wijk, "nl")
    assert "• Afsluiten: Ja, deze week" in lines
    assert "• Baby, oud of ziek: Weet ik niet" in lines
    assert "• Kan niet wachten: Ze sluiten mijn energie af, Ik heb geen eten" in lines
    assert lines[-1] == "• Dit heeft haast"


def test_joined_they_share_lines_in_as_few_words_as_there_are_and_what_nobody_knew_stands_together() -> None:
    assert packet_lines(CONTENT, PACKET, CONTENT.wijk, "nl", joined=True) == [
        "• Voornaam: Fatma · Bereiken: deze chat · Taal: Nederlands",
        "• Waarover: afsluiten van energie, rekeningen · Dit heeft haast",
        "• afsluiten deze week · afsluiten van energie, geen eten · Rekeningen betalen: Ja"
        " · Weet ik niet: Baby, oud of ziek, Kinderen in huis",
    ]
