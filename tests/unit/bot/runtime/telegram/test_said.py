"""Every word that somebody says in a message is found, whatever its kind, and nobody else's words are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.runtime.telegram import said
from bot.runtime.telegram.updates import hear
from flows.model.alarm import Rung
from flows.model.heard import Command, Media, Text
from tests.simulated import CONTENT

CRY = "ik ruik gas"
FATMA = {"id": 1001, "is_bot": False, "first_name": CRY, "last_name": CRY}
SOMEBODY = {"id": 2002, "is_bot": False, "first_name": CRY}
HERE = {"id": 1001, "type": "private", "first_name": CRY, "title": CRY}


def rung(kind: str, content: Mapping[str, Any]) -> Rung | None:
    """The danger that is heard in an update of this kind."""
    incoming = hear({"update_id": 1, kind: {"message_id": 7, "chat": HERE, "from": FATMA, **content}})
    assert incoming is not None
    assert isinstance(incoming.heard, Command | Media | Text) or hasattr(incoming.heard, "words")
    return CONTENT.walk.alarm.heard(incoming.heard)  # type: ignore[arg-type]


SAYING: dict[str, Mapping[str, Any]] = {
    "typed words": {"text": CRY},
    "the argument of a command": {"text": f"/start {CRY}"},
    "the argument of a member's command": {"text": f"/postvak {CRY}"},
    "one word after a command": {"text": "/start gas"},
    "a command that we do not know": {"text": "/gas"},
    "a command that runs on": {"text": "/ruik_gas"},
    **{
        f"the words under a {kind}": {kind: {}, "caption": CRY}
        for kind in ("photo", "voice", "document", "video", "video_note", "animation", "audio", "sticker", "hologram")
    },
    "the question of a poll": {"poll": {"question": CRY, "options": [{"text": "ja"}]}},
    "an answer of a poll": {"poll": {"question": "wat nu", "options": [{"text": "ja"}, {"text": CRY}]}},
    "what a quiz explains": {"poll": {"question": "wat nu", "options": [], "explanation": CRY}},
    "the name of a place": {"venue": {"title": CRY, "address": "x", "location": {}}, "location": {}},
    "the address of a place": {"venue": {"title": "x", "address": CRY, "location": {}}, "location": {}},
    "the name on a card": {"contact": {"phone_number": "112", "first_name": CRY}},
    "the second name on a card": {"contact": {"phone_number": "112", "first_name": "x", "last_name": CRY}},
    "a task of a checklist": {"checklist": {"title": "x", "tasks": [{"id": 1, "text": "y"}, {"id": 2, "text": CRY}]}},
    "the title of a checklist": {"checklist": {"title": CRY, "tasks": []}},
    "a part of what nobody knows yet": {"hologram": {"parts": [{"layers": [{"text": CRY}]}]}},
    "one's own words that are quoted": {"text": "wat nu", "quote": {"text": CRY}, "reply_to_message": {"from": FATMA}},
    "one's own words quoted under a command": {
        "text": "/menu", "quote": {"text": CRY}, "reply_to_message": {"from": FATMA},
    },
    "one's own words quoted under a photo": {
        "photo": [], "quote": {"text": CRY}, "reply_to_message": {"from": FATMA},
    },
    "one's own words quoted from another chat": {
        "text": "wat nu", "quote": {"text": CRY}, "external_reply": {"origin": {"type": "user", "sender_user": FATMA}},
    },
}  # fmt: skip

SILENT: dict[str, Mapping[str, Any]] = {
    "somebody else's words that are quoted": {
        "text": "wat nu", "quote": {"text": CRY}, "reply_to_message": {"from": SOMEBODY},
    },
    "words quoted of nobody known": {
        "text": "wat nu", "quote": {"text": CRY}, "external_reply": {"origin": {"type": "hidden_user"}},
    },
    "the message that is answered to": {"text": "wat nu", "reply_to_message": {"from": SOMEBODY, "text": CRY}},
    "who wrote it first": {"text": "wat nu", "forward_origin": {"sender_user": SOMEBODY, "sender_user_name": CRY}},
    "who took the photo first": {"photo": [], "forward_origin": {"sender_user": SOMEBODY}},
    "a song": {"audio": {"title": CRY, "performer": CRY, "file_name": CRY}},
    "the name of a file": {"document": {"file_name": f"{CRY}.pdf"}},
    "the bot that helped": {"photo": [], "via_bot": SOMEBODY},
    "a die": {"dice": {"emoji": "🎲", "value": 6}},
    "nothing": {"photo": []},
    "broken parts": {"photo": [], "quote": CRY, "reply_to_message": 5, "external_reply": {"origin": []}},
}  # fmt: skip


def test_a_cry_is_heard_in_everything_that_a_person_says() -> None:
    for what, content in SAYING.items():
        found = rung("message", content)
        assert found is not None, what
        assert found.danger == "gas", what


def test_a_cry_is_heard_in_what_was_changed_afterwards() -> None:
    for what, content in SAYING.items():
        if "quoted" not in what:
            found = rung("edited_message", content)
            assert found is not None, what
            assert found.danger == "gas", what


def test_nobody_elses_words_and_no_names_of_files_ring() -> None:
    for what, content in SILENT.items():
        assert rung("message", content) is None, what


def test_a_sticker_or_a_sign_that_cries_sos_is_heard() -> None:
    assert rung("message", {"sticker": {"emoji": "🆘"}}) == Rung("emergency")
    assert rung("message", {"text": "🆘🆘"}) == Rung("emergency")
    assert rung("message", {"sticker": {"emoji": "😀", "set_name": "gas"}}) is None


def test_parts_within_parts_are_looked_into_so_deep_and_no_deeper() -> None:
    def nested(depth: int) -> dict[str, Any]:
        inner: dict[str, Any] = {"text": CRY}
        for _ in range(depth):
            inner = {"part": inner}
        return inner

    assert said.words(nested(said.DEEPEST - 1)) == CRY
    assert said.words(nested(said.DEEPEST)) == ""
    assert said.words(nested(500)) == ""


def test_texts_come_in_their_order_each_on_a_line_and_only_texts() -> None:
    poll = {"question": "een", "options": [{"text": "twee"}, {"text": 3}, "drie"], "explanation": None}
    assert said.words({"poll": poll, "caption": "vier"}) == "een\ntwee\nvier"
    assert said.quoted({"quote": {"text": 5}, "reply_to_message": {"from": FATMA}}, 1001) == ""
    assert said.quoted({"quote": {"text": CRY}}, None) == ""
