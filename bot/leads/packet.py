"""The packet in words: one function for resident and partner, so that neither sees more than the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.content.loaded import Content
from flows.model.chart import UNKNOWN, Question
from flows.model.heard import Voice
from flows.model.memory import answers_of
from flows.model.wijk import COORDINATOR, Wijk

LINES = ("name", "reach", "phone", "address", "language", "topics", "answers", "words", "voice", "together", "urgent")
"""The order in which the fields are shown; `partner` and `inbox` say who gets it, `when` stands beside `reach`."""

JOINED = (LINES[:5], ("topics", "urgent"), ("answers",), ("words", "voice", "together"))
"""The fields that share a line where little fits."""

BULLET, BETWEEN = "• ", " · "
"""Before each field, and between those that share a line."""


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


def packet_lines(
    content: Content, packet: Mapping[str, Any], wijk: Wijk, language: str, *, joined: bool = False
) -> list[str]:
    """Return every field of the packet as a line in the reader's language; typed words stay as they were typed.

    With `joined` they share lines, which takes less room: who it is and how to reach them, and all answers, in as few
    words as there are for them.
    """
    lines: list[str] = []
    for fields in JOINED if joined else [(each,) for each in LINES]:
        found = [line for field in fields for line in _lines(content, field, packet, wijk, language, brief=joined)]
        if joined and found:
            found = [found[0] + "".join(line.replace(BULLET, BETWEEN, 1) for line in found[1:])]
        lines += found
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


def spoken(content: Content, voice: Voice, speaks: str, language: str) -> str:
    """Return how long somebody spoke, and in which language: `speaks` is the one that they chose."""
    length = f"{voice.seconds // 60}:{voice.seconds % 60:02}"
    return content.words.phrase(language, "voice.mark", length=length, language=content.words.name_in(speaks, language))


def said(content: Content, step: str, answer: str, language: str) -> str:
    """Return one answer in a few words that need no question beside them, or an empty text when none were written."""
    key = f"said.{content.walk.renames.step(step).rpartition('.')[2]}.{answer}"
    return content.words.phrase(language, key) if key in content.words.phrases else ""


def label(content: Content, step: str, language: str) -> str:
    """Return the question of this step in a word or two, or an empty text when none was written."""
    now = content.walk.renames.step(step)
    for name in (now, *getattr(content.charts.steps.get(now), "was", ())):
        key = f"labels.{name.rpartition('.')[2]}"
        if key in content.words.phrases:
            return content.words.phrase(language, key)
    return ""


def _answer(content: Content, step: str, answers: list[str], language: str, *, brief: bool) -> str:
    """Return the answers to one question on one line, behind its label or else the whole question.

    When it must be `brief`, answers that have words of their own stand there without the question.
    """
    found, phrase = answer_line(content, step, answers, language), content.words.phrase
    if found is None:
        return ""
    words = [said(content, step, each, language) for each in answers] if brief else []
    if words and all(words):
        return BULLET + content.words.in_row(words, language)
    if short := label(content, step, language):
        return phrase(language, "packet.labelled", label=short, answer=found[1])
    return phrase(language, "packet.answer", question=found[0], answer=found[1])


def _unknown(content: Content, steps: Sequence[str], language: str) -> list[str]:
    """Return on one line which of these questions were answered with "weet ik niet"."""
    found = [(step, line) for step in steps if (line := answer_line(content, step, [UNKNOWN], language))]
    if not found:
        return []
    names = [label(content, step, language) or question for step, (question, _) in found]
    answer = found[0][1][1]
    phrase = content.words.phrase
    return [phrase(language, "packet.labelled", label=answer, answer=content.words.in_row(names, language))]


def _lines(
    content: Content, field: str, packet: Mapping[str, Any], wijk: Wijk, language: str, *, brief: bool
) -> list[str]:
    phrase, value = content.words.phrase, packet.get(field)
    match field:
        case "name":
            return [phrase(language, "packet.name", value=value or phrase(language, "packet.no_name"))]
        case "reach":
            how = [phrase(language, f"packet.{value}")]
            if packet["when"] != "any":
                how.append(phrase(language, f"packet.{packet['when']}"))
            return [phrase(language, "packet.reach", value=content.words.in_row(how, language))]
        case "language":
            return [phrase(language, "packet.language", value=content.words.name_in(str(value), language))]
        case _ if not value:
            return []
        case "phone":
            return [phrase(language, "packet.number", value=value)]
        case "voice":
            mark = spoken(content, Voice.of(value), str(packet["language"]), language)
            return [phrase(language, "packet.voice", value=mark)]
        case "topics":
            return [phrase(language, "packet.topics", value=topic_line(content, value, language))]
        case "answers":
            vague = [step for step, given in value if brief and list(given) == [UNKNOWN]]
            told = (_answer(content, step, list(given), language, brief=brief) for step, given in value)
            known = [line for (step, _), line in zip(value, told, strict=True) if line and step not in vague]
            return [*known, *_unknown(content, vague, language)]
        case "together":
            names = [content.words.partner(language, wijk.partners[each]) for each in value if each in wijk.partners]
            return [phrase(language, "packet.together", value=content.words.in_row(names, language))]
        case "urgent":
            return [phrase(language, "packet.urgent")]
        case _:
            return [phrase(language, f"packet.{field}", value=value)]
