"""Updates of every kind that the Bot API has, made from its own list of objects, and broken in every way we know.

The list is the one that the Telegram library keeps: the signatures of its classes name each field and its type. What
goes over the line is bytes, because some of it is no JSON that any library would write.
"""

from __future__ import annotations

import inspect
import json
import random
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import telegram

from bot.runtime.telegram.updates import SERVICE

ANSWER, HEARD, UNREADABLE, NOTHING, MAYBE = "answer", "heard", "unreadable", "nothing", "maybe"
"""What must come of an update: an answer; a note that it came; a note that it could not be read; nothing. `MAYBE` is of
those that were broken where it says who spoke and where: noted, unless there is nothing to hear in it."""

BESIDE = frozenset(
    {
        *("message_id", "date", "chat", "from_user", "sender_chat", "edit_date", "media_group_id", "author_signature"),
        *("reply_to_message", "external_reply", "quote", "reply_to_story", "forward_origin", "via_bot", "entities"),
        *("caption", "caption_entities", "reply_markup", "is_automatic_forward", "has_protected_content"),
        *("is_topic_message", "message_thread_id", "has_media_spoiler", "link_preview_options", "sender_boost_count"),
        *("business_connection_id", "sender_business_bot", "is_from_offline", "effect_id", "show_caption_above_media"),
        *("paid_star_count", "is_paid_post", "direct_messages_topic", "reply_to_checklist_task_id", "sender_tag"),
        *("suggested_post_info", "reply_to_poll_option_id", "guest_bot_caller_user", "guest_bot_caller_chat"),
        *("guest_query_id", "api_kwargs"),
    }
)
"""The fields of a message that are no content."""

COMMANDS = (
    "start",
    "menu",
    "stop",
    "taal",
    "help",
    "gevaar",
    "privacy",
    "mijngegevens",
    "mijnhulp",
    "verwijder",
    "mens",
)
MEMBERS = ("postvak", "coordinator", "start w_abc", "start m_nobody", "start@koppelkans_bot x", "onbekend", "START")
WORDS = (
    *("hoi", "Fatma", "ik snap er niks van", "Smitsweg 112", "", " ", "?", "0612345678", "123456782", "ja", "/", "//x"),
    *(
        "مرحبا",
        "שלום",
        "\u202eabc\u202c",
        "e\u0301\u0301\u0301",
        "👩‍👩‍👧‍👦",
        "\ufffe",
        "\x07\x1b[2J",
        "a\u200bb",
        "<b>&amp;",
        "{name}",
    ),
    *("%s %(x)s", "\\ud83d", "'; DROP TABLE updates; --", "regel\nregel\r\n", "\u2028", "ﷺ" * 40, "1" * 300),
)
HALVES = ("\ud83d", "\udd25\ud83d", "hoi\ud83d", "\udfff", "a\0b", "\0", "@bad@", "caf@bad@")
JUNK: tuple[Any, ...] = (
    *(None, True, False, [], {}, [[]], 0, -1, 5, 2**31, 2**63, 2**70, -(2**70), 1.5, float("inf"), float("nan")),
    *("", "x", "7", "@huge@", {"id": 1}, [{"id": 1}], "x" * 5000, *HALVES),
)

_RAW = {b'"@huge@"': b"9" * 5000, b'"@deep@"': b"[" * 3000 + b"]" * 3000, b"@bad@": b"\xff"}
_HERE = re.compile(r"[A-Za-z_.]+")


@dataclass(slots=True)
class Made:
    """One update as bytes, what must come of it, and for whom."""

    number: int
    raw: bytes
    label: str
    person: int = 0
    query: str = ""
    danger: bool = False


@dataclass
class Maker:
    """Makes updates by lot. `alarm` are words that speak of danger, `doors` are commands that make somebody a member.

    `buttons` are those that the bot sent to each person, so that taps lead somewhere.
    """

    dice: random.Random
    alarm: Sequence[str]
    doors: Sequence[str] = ()
    buttons: dict[int, list[str]] = field(default_factory=dict)
    people: int = 300
    _in_danger: int = 10**8

    def chunk(self, first: int, size: int) -> list[Made]:
        """So many updates with ids that rise; those that expect an answer are of different people."""
        numbers, number = [], first
        for _ in range(size):
            number += 1 if self.dice.random() < 0.95 else self.dice.randrange(2, 50)
            numbers.append(number)
        people = iter(self.dice.sample(range(1000, 1000 + self.people), size))
        return [self.one(each, next(people)) for each in numbers]

    def one(self, number: int, person: int) -> Made:
        """One update."""
        kind = self.dice.choices(
            ("content", "text", "tap", "danger", "edit", "member", "group", "other"), (20, 20, 40, 5, 3, 2, 5, 5)
        )[0]
        make = {
            "content": self._content,
            "text": self._text,
            "tap": self._tap,
            "danger": self._danger,
            "edit": self._edited,
            "member": self._member,
            "group": self._group,
            "other": self._other,
        }[kind]
        body, made = make(number, person)
        return self._broken({"update_id": number, **body}, made)

    def _broken(self, update: dict[str, Any], made: Made) -> Made:
        """Break some of them, in what matters or in what does not."""
        chance = self.dice.random()
        if chance < 0.25:
            for _ in range(self.dice.randrange(1, 4)):
                made.danger &= self._spoil(update, self.dice.choice(JUNK)) not in ("text", "caption")
        elif chance < 0.252:
            self._spoil(update, "@deep@", always=True)
            made.label = UNREADABLE
        elif chance < 0.27:
            made.label = MAYBE
            self._ruin(update)
        raw = json.dumps(update, ensure_ascii=self.dice.random() < 0.5 or "\\ud" in json.dumps(update)).encode()
        if chance > 0.999:
            made.label, raw = UNREADABLE, raw[: self.dice.randrange(40, len(raw) - 1)]
        for mark, bytes_ in _RAW.items():
            raw = raw.replace(mark, bytes_)
        made.raw = raw
        return made

    def _spoil(self, update: dict[str, Any], junk: Any, *, always: bool = False) -> str:
        """Put junk where it must do no harm, or take something away there: not where it says who spoke, and where.

        Return the name of the field.
        """
        (body,) = (value for key, value in update.items() if key != "update_id")
        places: list[tuple[Any, str]] = [
            (body, key) for key in body if key not in ("chat", "from", "new_chat_member", "message")
        ]
        places += [(body["from"], key) for key in ("first_name", "last_name", "username", "language_code")]
        if "data" not in body and "text" not in body:
            places += [(body, "caption")]
        if "callback_query" in update:  # the answer to a tap needs its id
            places = [place for place in places if place[1] != "id"]
        where, key = self.dice.choice(places)
        if not always and self.dice.random() < 0.2:
            where.pop(key, None)
        else:
            where["deep" if always else key] = junk
        return key

    def _ruin(self, update: dict[str, Any]) -> None:
        """Break what says who spoke, where, or which update it is."""
        kind = next(key for key in update if key != "update_id")
        body = update[kind]
        places: list[tuple[Any, str]] = [(update, kind), (update, "update_id"), (body, "from"), (body, "chat")]
        places += [(body[part], key) for part in ("chat", "from") if part in body for key in ("id", "type")]
        where, key = self.dice.choice([(where, key) for where, key in places if key in where])
        if self.dice.random() < 0.4:
            del where[key]
        else:
            # A number that may be an id is believed: Telegram numbers them, and nobody else could tell.
            where[key] = self.dice.choice(JUNK if key != "update_id" else [each for each in JUNK if not _an_id(each)])

    # ------------------------------------------------------------ kinds

    def _said(self, person: int, **content: Any) -> dict[str, Any]:
        chat = {"id": person, "type": "private", "first_name": "x"}
        return {
            "message_id": self.dice.randrange(1, 2**31),
            "date": 5,
            "from": self._who(person),
            "chat": chat,
            **content,
        }

    def _who(self, person: int) -> dict[str, Any]:
        name = self.dice.choice(("Fatma", "Jan", "مريم", "x" * 64, "\u202eabc", *HALVES))
        return {
            "id": person,
            "is_bot": False,
            "first_name": name,
            "language_code": self.dice.choice(("nl", "ar", "en", "xx")),
        }

    def _content(self, number: int, person: int) -> tuple[dict[str, Any], Made]:
        fields = [key for key in _fields(telegram.Message) if key not in (*BESIDE, "text")]
        kind = self.dice.choice([*fields, "of_next_year_" + "".join(self.dice.choices(string.ascii_lowercase, k=4))])
        value = _value(self.dice, _fields(telegram.Message).get(kind, "str"), 2)
        beside = {key: _value(self.dice, _fields(telegram.Message)[key], 1) for key in self._some(BESIDE)}
        beside = {key: value for key, value in beside.items() if key not in _WHO}
        if self.dice.random() < 0.5:
            beside["caption"] = self.dice.choice(WORDS)
        body = self._said(person, **beside, **{kind: value})
        label = NOTHING if kind in SERVICE else HEARD if "media_group_id" in body else ANSWER
        return {"message": body}, Made(number, b"", label, person)

    def _text(self, number: int, person: int) -> tuple[dict[str, Any], Made]:
        kinds = (
            *WORDS,
            *(f"/{each}" for each in (*COMMANDS, *MEMBERS, *self.doors)),
            *HALVES,
            "dag " * 1000,
            "x" * 100_000,
        )
        body = self._said(
            person, text=self.dice.choice(kinds), entities=_value(self.dice, "Sequence[MessageEntity]", 2)
        )
        return {"message": body}, Made(number, b"", ANSWER, person)

    def _danger(self, number: int, _person: int) -> tuple[dict[str, Any], Made]:
        self._in_danger += 1
        words = self.dice.choice(self.alarm) + self.dice.choice(("", "!", "\ud83d", " @bad@", "\0", " 😰"))
        content = {"text": words} if self.dice.random() < 0.7 else {"voice": {}, "caption": words}
        body = self._said(self._in_danger, entities=[], **content)
        made = Made(number, b"", ANSWER, self._in_danger, danger=True)
        return {"message": body}, made

    def _tap(self, number: int, person: int) -> tuple[dict[str, Any], Made]:
        known = self.buttons.get(person, [])
        data: Any = (
            self.dice.choice(known) if known and self.dice.random() < 0.85 else self.dice.choice((*WORDS, *HALVES))
        )
        query = f"q{number}"
        card = {
            "message_id": self.dice.randrange(1, 2**31),
            "date": self.dice.choice((0, 5)),
            "chat": {"id": person, "type": "private"},
        }
        body = {"id": query, "from": self._who(person), "chat_instance": "x", "data": data, "message": card}
        return {"callback_query": body}, Made(number, b"", HEARD, person, query)

    def _edited(self, number: int, person: int) -> tuple[dict[str, Any], Made]:
        body = self._said(person, text="/verwijder" if self.dice.random() < 0.3 else "anders", edit_date=6)
        return {"edited_message": body}, Made(number, b"", MAYBE, person)

    def _member(self, number: int, person: int) -> tuple[dict[str, Any], Made]:
        status = self.dice.choice(("kicked", "member"))
        body = {"chat": {"id": person, "type": "private"}, "from": self._who(person), "date": 5}
        return {"my_chat_member": {**body, "new_chat_member": {"status": status}}}, Made(number, b"", MAYBE, person)

    def _group(self, number: int, person: int) -> tuple[dict[str, Any], Made]:
        body = self._said(person, text=self.dice.choice((*WORDS, *self.alarm)))
        body["chat"] = {"id": -person, "type": self.dice.choice(("group", "supergroup", "channel"))}
        return {"message": body}, Made(number, b"", MAYBE, person)

    def _other(self, number: int, person: int) -> tuple[dict[str, Any], Made]:
        kinds = _fields(telegram.Update).keys() - {"update_id", "api_kwargs", "message", "edited_message"}
        kind = self.dice.choice(sorted(kinds - {"callback_query", "my_chat_member"}))
        value = _value(self.dice, _fields(telegram.Update)[kind], 2)
        body = {**value, "from": self._who(person)} if isinstance(value, dict) else {"from": self._who(person)}
        return {kind: body}, Made(number, b"", NOTHING, person)

    def _some(self, names: frozenset[str]) -> list[str]:
        return self.dice.sample(sorted(names - {"api_kwargs"}), 2) if self.dice.random() < 0.3 else []


def _an_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


_WHO = ("message_id", "date", "chat", "from_user", "sender_chat")


def _fields(kind: type) -> dict[str, str]:
    """The fields of an object of the Bot API, with their types as the library writes them."""
    if kind not in _known:
        found = inspect.signature(kind).parameters.values()
        _known[kind] = {each.name: str(each.annotation) for each in found if each.name not in ("args", "kwargs")}
    return _known[kind]


_known: dict[type, dict[str, str]] = {}


def _value(dice: random.Random, written: str, depth: int) -> Any:
    """Something of this type; what nobody knows is a word."""
    if written.startswith(("Sequence[", "tuple[", "list[")):
        inner = written[written.index("[") + 1 :]
        return [_value(dice, inner, depth - 1) for _ in range(dice.randrange(3))] if depth > 0 else []
    name = found.group() if (found := _HERE.match(written.strip("'\""))) else ""
    if name in ("int", "float", "bool", "dtm.datetime", "TimePeriod", "dtm.timedelta"):
        return dice.choice((0, 1, 7, 2**31, 2**53)) if name != "bool" else True
    kind = getattr(telegram, name.rpartition(".")[2], None)
    if inspect.isclass(kind) and issubclass(kind, telegram.TelegramObject):
        if depth <= 0:
            return {}
        return {key: _value(dice, each, depth - 1) for key, each in _fields(kind).items() if dice.random() < 0.6}
    return dice.choice(("x", "dag", "nl", "5"))
