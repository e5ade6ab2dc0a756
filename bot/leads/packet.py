"""The packet in words: one function for resident and partner, so that neither sees more than the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.content.loaded import Content
from flows.model.chart import Question
from flows.model.memory import answers_of
from flows.model.wijk import COORDINATOR, Wijk

LINES = ("name", "reach", "phone", "address", "language", "topics", "answers", "words", "together", "urgent")
"""The order in which the fields are shown; `partner` and `inbox` say who gets it, `when` stands beside `reach`."""


def recipient(content: Content, packet: Mapping[str, Any], wijk: Wijk, language: str) -> str:
    """Return the name of the recipient: the partner, or the coordinator when nobody reads the partner's inbox."""
    partner = wijk.partners.get(str(packet["partner"]))
    if packet["inbox"] != COORDINATOR and partner:
        return content.words.partner(language, partner)
    if partner:
        return content.words.phrase(
            language, "packet.coordinator_for", partner=content.words.partner(language, partner)
        )
    return content.words.phrase(language, "packet.coordinator")


def packet_lines(content: Content, packet: Mapping[str, Any], wijk: Wijk, language: str) -> list[str]:
    """Return every field of the packet as a line in the reader's language; typed words stay as they were typed."""
    lines: list[str] = []
    for field in LINES:
        lines += _lines(content, field, packet, wijk, language)
    return lines


def topics(content: Content, keys: Sequence[str], language: str) -> list[str]:
    """Return the topics in words, without those that another topic says already."""
    known = [f"topics.{key}" for key in dict.fromkeys(keys) if f"topics.{key}" in content.words.phrases]
    texts = [content.words.phrase(language, key) for key in known]
    return [text for text in texts if not any(text != other and text in other for other in texts)]


def topic_line(content: Content, keys: Sequence[str], language: str) -> str:
    """Return the topics in one line: rekeningen, kou in huis."""
    told = topics(content, keys, language)
    return content.words.in_row(told, language) if told else ""


def answer_line(content: Content, step: str, answers: list[str], language: str) -> tuple[str, str] | None:
    """Return the question and the answers to it, as the resident read them.

    None when the chart no longer has them, or when nothing was asked there (a hello, a page to read).
    """
    renames = content.walk.renames
    step = renames.step(step)
    answers = list(renames.all_answers(step, answers))
    question = content.charts.steps.get(step)
    known = answers_of(question)
    if not isinstance(question, Question) or not any(each in known for each in answers):
        return None
    if len(known) == 1 and not (question.write or question.share):
        return None
    fields = {**content.places(content.wijk, language), "name": ""}
    asked = content.words.say(language, step, question.ask, **fields).strip().split("\n")
    text = next((line for line in asked if "?" in line or "؟" in line), None)
    if text is None:
        return None
    texts = [(f"{step}.{each}", known[each].text) for each in answers if each in known]
    said = [content.words.say(language, *each, **fields) for each in texts]
    return text, content.words.in_row([each for each in said if each], language)


def _lines(content: Content, field: str, packet: Mapping[str, Any], wijk: Wijk, language: str) -> list[str]:
    phrase, value = content.words.phrase, packet.get(field)
    match field:
        case "name":
            return [phrase(language, "packet.name", value=value or phrase(language, "packet.no_name"))]
        case "reach":
            when = phrase(language, f"packet.{packet['when']}")
            how = content.words.in_row([phrase(language, f"packet.{value}"), when], language)
            return [phrase(language, "packet.reach", value=how)]
        case "language":
            return [phrase(language, "packet.language", value=content.words.name_in(str(value), language))]
        case _ if not value:
            return []
        case "phone":
            return [phrase(language, "packet.number", value=value)]
        case "topics":
            return [phrase(language, "packet.topics", value=topic_line(content, value, language))]
        case "answers":
            found = (answer_line(content, step, list(answers), language) for step, answers in value)
            return [phrase(language, "packet.answer", question=each[0], answer=each[1]) for each in found if each]
        case "together":
            names = [content.words.partner(language, wijk.partners[each]) for each in value if each in wijk.partners]
            return [phrase(language, "packet.together", value=content.words.in_row(names, language))]
        case "urgent":
            return [phrase(language, "packet.urgent")]
        case _:
            return [phrase(language, f"packet.{field}", value=value)]
