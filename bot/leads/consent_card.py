"""What stands on the card that asks for a yes: the reader, and what they would see; the ledger keeps the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.loaded import Content
from bot.leads.packet import packet_lines, recipient
from flows.model.chart import Question
from flows.model.wijk import COORDINATOR, Wijk
from flows.texts.lines import SCREEN, lines


def consent_fields(
    content: Content, question: Question, packet: Mapping[str, Any], wijk: Wijk, language: str
) -> dict[str, str]:
    """Return what the `{fields}` of the question stand for; those of the packet share lines where little fits."""
    fields = {"partner": recipient(content, packet, wijk, language), "packet": "", "fallback": ""}
    if packet["inbox"] != COORDINATOR:
        fields["fallback"] = " " + content.words.phrase(language, "packet.fallback")
    for joined in (False, True):
        fields["packet"] = "\n".join(packet_lines(content, packet, wijk, language, joined=joined))
        filled = {**content.places(wijk, language), **fields}
        if lines(content.words.fill(language, question.name, question.ask, filled)) <= SCREEN:
            break
    return fields
