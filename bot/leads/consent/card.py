"""What stands on the card that asks for a yes: the reader, and what they would see; the ledger keeps the same words."""

from __future__ import annotations

import hashlib
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


def consent_text(content: Content, packet: Mapping[str, Any], wijk: Wijk, language: str) -> str:
    """Return the words of the consent card of the charts, filled with this packet."""
    question = consent_question(content)
    if question is None:
        raise LookupError("no question of the charts asks for a yes")
    filled = {**content.places(wijk, language), **consent_fields(content, question, packet, wijk, language)}
    return content.words.fill(language, question.name, question.ask, filled)


def consent_question(content: Content) -> Question | None:
    """Return the question of the charts on which a resident says yes or no to what is shared."""
    return next((q for q in content.charts.steps.values() if isinstance(q, Question) and q.consent), None)


def version_of(text: str) -> str:
    """Return the fingerprint of a wording, for the ledger."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
