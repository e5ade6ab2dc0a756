"""What a Telegram update says, for every kind that there is."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import orjson
import phonenumbers
import pytest
from telegram.constants import MessageType

from bot.messages.message import Quoted
from bot.runtime.telegram.numbers import e164
from bot.runtime.telegram.updates import SERVICE, cleaned, hear
from flows.model.heard import Blocked, ChartTap, Command, Contact, Elsewhere, Media, NoTap, Text, Voice

FATMA = {"id": 1001, "is_bot": False, "first_name": "Fatma", "language_code": "ar"}
HERE = {"id": 1001, "type": "private", "first_name": "Fatma"}
GROUP = {"id": -5, "type": "group", "title": "Flat"}
EXAMPLE = phonenumbers.example_number_for_type("NL", phonenumbers.PhoneNumberType.MOBILE)
assert EXAMPLE is not None
NATIONAL = EXAMPLE.national_number
MOBILE = f"+31{NATIONAL}"


def message(chat: dict[str, Any] = HERE, person: dict[str, Any] | None = FATMA, **content: Any) -> dict[str, Any]:
    said = {"message_id": 7, "date": 1_700_000_000, "chat": chat, **content}
    return {"update_id": 42, "message": {**said, "from": person} if person else said}


def tap(data: str | None, card: dict[str, Any] | None = None, person: dict[str, Any] = FATMA) -> dict[str, Any]:
    card = {"message_id": 7, "date": 1_700_000_000, "chat": HERE} if card is None else card
    query: dict[str, Any] = {"id": "9", "from": person, "message": card}
    return {"update_id": 42, "callback_query": query if data is None else {**query, "data": data}}


def test_typed_words_come_with_who_said_them_and_in_which_language_the_app_is() -> None:
    heard = hear(message(text="hallo"))
    assert heard is not None
    assert (heard.channel, heard.id, heard.sender, heard.conversation) == (
        "telegram", 42, "telegram:1001", "telegram:1001",
    )  # fmt: skip
    assert (heard.heard, heard.language, heard.name, heard.query) == (Text("hallo"), "ar", "Fatma", None)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/start", Command("start")),
        ("/start w_4F7-x", Command("start", "w_4F7-x")),
        ("/START@koppelkans_bot  abc ", Command("start", "abc")),
        ("/taal\nar", Command("taal", "ar")),
        ("/", Text("/")),
        ("/é", Text("/é")),
        ("stop /start", Text("stop /start")),
    ],
)
def test_a_command_is_what_begins_with_a_slash_and_a_word(text: str, heard: object) -> None:
    incoming = hear(message(text=text))
    assert incoming is not None
    assert incoming.heard == heard


@pytest.mark.parametrize(
    ("data", "heard"),
    [
        ("referral.cold:often:1c", ChartTap("referral.cold", "often", 48)),
        ("referral.cold:_back:0", ChartTap("referral.cold", "_back", 0)),
        ("menu.worries:+cold:z", ChartTap("menu.worries", "+cold", 35)),
        ("menu.worries:-cold:10", ChartTap("menu.worries", "-cold", 36)),
        ("referral.cold:often", NoTap()),
        ("referral.cold:often:-1", NoTap()),
        ("referral.cold:often:1c:2", NoTap()),
        ("☃:often:1c", NoTap()),
        ("referral.cold:often:١", NoTap()),
        ("", NoTap()),
        (None, NoTap()),
    ],
)
def test_a_button_names_its_step_its_answer_and_its_revision_or_it_is_no_button_of_ours(
    data: str | None, heard: ChartTap | NoTap
) -> None:
    incoming = hear(tap(data))
    assert incoming is not None
    assert (incoming.heard, incoming.query, incoming.message) == (heard, "9", 7)


def test_a_card_that_telegram_hides_from_us_is_not_edited() -> None:
    incoming = hear(tap("menu.start:begin:1", {"message_id": 7, "date": 0, "chat": HERE}))
    assert incoming is not None
    assert (incoming.heard, incoming.message, incoming.query) == (ChartTap("menu.start", "begin", 1), None, "9")


def test_a_tap_without_any_message_is_still_heard_so_that_it_is_answered() -> None:
    update = {"update_id": 42, "callback_query": {"id": "9", "from": FATMA, "inline_message_id": "x", "data": "a"}}
    incoming = hear(update)
    assert incoming is not None
    assert (incoming.conversation, incoming.query, incoming.message) == ("telegram:1001", "9", None)


def test_a_message_tells_by_which_number_it_can_be_replied_to() -> None:
    said, broken = hear(message(text="hallo")), hear(message(text="hallo", message_id=None))
    assert said is not None
    assert broken is not None
    assert (said.said_in, said.message, broken.said_in) == (7, None, None)


def test_a_tap_under_a_reply_gives_back_the_words_of_the_tapper_and_of_nobody_else() -> None:
    """Nor when Telegram shows no words, or hides the message, nor anything in a group."""
    shown = {"message_id": 7, "date": 5, "chat": HERE}
    own = {"message_id": 6, "date": 5, "chat": HERE, "from": FATMA, "text": "ik \ud83d"}
    assert [getattr(hear(tap("a.b:c:1", {**shown, "reply_to_message": own})), "quoted", None)] == [
        Quoted(6, "ik \ufffd")
    ]
    for replied in (
        {**own, "from": {**FATMA, "id": 1002}},
        {**own, "from": {"id": 5, "is_bot": True, "first_name": "bot"}},
        {name: value for name, value in own.items() if name != "from"},
        {name: value for name, value in own.items() if name != "text"},
        {**own, "text": ""},
        {**own, "text": 5},
        {**own, "message_id": "6"},
        {**own, "message_id": 2**63},
        "own",
        None,
    ):
        incoming = hear(tap("a.b:c:1", {**shown, "reply_to_message": replied}))
        assert incoming is not None
        assert (incoming.quoted, incoming.message) == (None, 7), replied
    for card in (shown, {**shown, "chat": GROUP, "reply_to_message": own}):
        incoming = hear(tap("a.b:c:1", card))
        assert incoming is not None
        assert incoming.quoted is None


SOUND = {"file_id": "AwAC_-9", "file_unique_id": "u", "duration": 12, "file_size": 48_000, "mime_type": "audio/ogg"}


@pytest.mark.parametrize("kind", ["voice", "audio"])
def test_what_is_spoken_is_heard_as_what_the_channel_calls_it_and_how_long_it_is(kind: str) -> None:
    incoming = hear(message(**{kind: SOUND}))
    assert incoming is not None
    assert (incoming.heard, incoming.said_in) == (Voice("AwAC_-9", 12, 48_000, kind), 7)
    worded = hear(message(**{kind: SOUND}, caption="ik ruik gas"))
    assert worded is not None
    assert worded.heard == Voice("AwAC_-9", 12, 48_000, kind, "ik ruik gas")


@pytest.mark.parametrize(
    "broken",
    [
        {"file_id": None},
        {"file_id": ""},
        {"file_id": "a b"},
        {"file_id": "a" * 251},
        {"file_id": "../x"},
        {"duration": None},
        {"duration": -1},
        {"duration": True},
        {"duration": "12"},
    ],
)
def test_a_sound_that_the_channel_does_not_describe_as_it_says_is_something_that_cannot_be_read(
    broken: dict[str, Any],
) -> None:
    incoming = hear(message(voice={**SOUND, **broken}))
    assert incoming is not None
    assert incoming.heard == Media("voice")
    album = hear(message(audio=SOUND, media_group_id="1"))
    assert album is not None
    assert album.heard == Media("audio")


def test_a_tap_under_a_reply_gives_back_what_its_tapper_spoke_and_nobody_else() -> None:
    shown = {"message_id": 7, "date": 5, "chat": HERE}
    own = {"message_id": 6, "date": 5, "chat": HERE, "from": FATMA, "voice": SOUND}
    for replied, quoted in (
        (own, Quoted(6, "", Voice("AwAC_-9", 12, 48_000))),
        ({**own, "from": {**FATMA, "id": 1002}}, None),
        ({**own, "voice": {}}, None),
    ):
        incoming = hear(tap("a.b:c:1", {**shown, "reply_to_message": replied}))
        assert incoming is not None
        assert incoming.quoted == quoted


def test_a_reply_gives_back_the_message_of_the_bot_that_it_answers_and_of_nobody_else() -> None:
    """Nor when Telegram shows no words of it, nor anything in a group."""
    bot = {
        "message_id": 6,
        "date": 5,
        "chat": HERE,
        "from": {"id": 5, "is_bot": True, "first_name": "bot"},
        "text": "d",
    }
    found = hear(message(text="ja", reply_to_message=bot))
    assert found is not None
    assert (found.answers, found.quoted) == (Quoted(6, "d"), None)
    for other in (
        {**bot, "from": FATMA},
        {**bot, "from": {"id": 5, "is_bot": "yes"}},
        {name: value for name, value in bot.items() if name != "from"},
        {name: value for name, value in bot.items() if name != "text"},
        {**bot, "message_id": 2**63},
        "bot",
        None,
    ):
        found = hear(message(text="ja", reply_to_message=other))
        assert found is not None
        assert found.answers is None, other
    found = hear(message(text="ja", reply_to_message=bot, chat=GROUP))
    assert found is not None
    assert found.answers is None


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_in_a_group_nothing_is_heard_but_that_it_was_a_group(kind: str) -> None:
    chat = {**GROUP, "type": kind}
    said = hear(message(chat, text="/start w_secret"))
    tapped = hear(tap("referral.cold:often:1", {"message_id": 7, "date": 5, "chat": chat}))
    for incoming in (said, tapped):
        assert incoming is not None
        assert (incoming.heard, incoming.conversation, incoming.sender) == (Elsewhere(), "telegram:-5", "telegram:1001")
    assert tapped is not None
    assert tapped.query == "9"
    addressed = {
        "/start@Our_Bot": "our_bot", "/help@other_bot x": "other_bot", "/start": "", "hallo @our_bot": "", "gas": "",
    }  # fmt: skip
    for words, name in addressed.items():
        incoming = hear(message(chat, text=words))
        assert incoming is not None
        assert incoming.heard == Elsewhere(name), words


def test_the_bot_hears_that_it_came_into_a_group_and_of_nothing_else_that_it_is_there() -> None:
    was = ("left", "kicked", "restricted", "member", "administrator", "creator_of_next_year", None)
    for before in was:
        for now in ("member", "administrator", "left", "kicked", "restricted"):
            change: dict[str, Any] = {"chat": GROUP, "from": FATMA, "new_chat_member": {"status": now}}
            if before is not None:
                change["old_chat_member"] = {"status": before}
            incoming = hear({"update_id": 42, "my_chat_member": change})
            came = now in ("member", "administrator") and before not in ("member", "administrator")
            assert (incoming and incoming.heard) == (Elsewhere() if came else None), (before, now)
            assert hear({"update_id": 42, "my_chat_member": {**change, "chat": {**GROUP, "type": "channel"}}}) is None


def test_nobody_stands_behind_an_anonymous_admin() -> None:
    shared = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    incoming = hear(message(GROUP, shared, text="hallo", sender_chat=GROUP))
    assert incoming is not None
    assert (incoming.sender, incoming.conversation, incoming.name) == ("telegram:-5", "telegram:-5", "")


@pytest.mark.parametrize(
    "content",
    [
        {"migrate_to_chat_id": -100}, {"migrate_from_chat_id": -5}, {"new_chat_title": "x"}, {"left_chat_member": {}},
    ],
)  # fmt: skip
def test_what_a_group_tells_about_itself_is_not_heard(content: dict[str, Any]) -> None:
    assert hear(message(GROUP, **content)) is None


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1, "edited_message": {"message_id": 7, "chat": HERE, "from": FATMA, "photo": []}},
        {"update_id": 1, "channel_post": {"message_id": 7, "chat": {"id": -9, "type": "channel"}, "text": "x"}},
        {"update_id": 1, "business_message": {}},
        {"update_id": 1},
        message(pinned_message={"message_id": 3}),
        message(person={"id": 5, "is_bot": True, "first_name": "bot"}, text="hallo"),
    ],
)
def test_edits_without_words_channels_bots_and_unknown_kinds_are_not_heard(update: dict[str, Any]) -> None:
    assert hear(update) is None


@pytest.mark.parametrize("written", [MOBILE, MOBILE[1:], f"00{MOBILE[1:]}"])
def test_ones_own_number_is_e164_with_or_without_its_plus(written: str) -> None:
    incoming = hear(message(contact={"phone_number": written, "first_name": "Fatma", "user_id": 1001}))
    assert incoming is not None
    assert incoming.heard == Contact(MOBILE, own=True, words="Fatma")


@pytest.mark.parametrize("card", [{"user_id": 2002}, {}])
def test_somebody_elses_card_is_not_ones_own_number(card: dict[str, Any]) -> None:
    incoming = hear(message(contact={"phone_number": f"0{NATIONAL}", "first_name": "Buur", **card}))
    assert incoming is not None
    assert incoming.heard == Contact(MOBILE, own=False, words="Buur")


@pytest.mark.parametrize("written", ["14030", "112", "0900123", "08008115", "+88812345678", "", "abc", "+31"])
def test_a_number_on_which_no_person_answers_is_no_phone_number(written: str) -> None:
    assert e164(written) == ""
    incoming = hear(message(contact={"phone_number": written, "first_name": "x", "user_id": 1001}))
    assert incoming is not None
    assert incoming.heard == Media("contact", "x")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"photo": []}, "photo"),
        ({"voice": {}}, "voice"),
        ({"sticker": {}}, "sticker"),
        ({"animation": {}, "document": {}}, "animation"),
        ({"document": {}}, "document"),
        ({"venue": {}, "location": {}}, "venue"),
        ({"location": {}}, "location"),
        ({"poll": {}}, "poll"),
        ({"dice": {}}, "dice"),
    ],
)
def test_what_the_bot_cannot_read_is_heard_as_its_kind(content: dict[str, Any], kind: str) -> None:
    incoming = hear(message(**content))
    assert incoming is not None
    assert incoming.heard == Media(kind)


@pytest.mark.parametrize(("status", "blocked"), [("kicked", True), ("member", False)])
def test_blocking_and_unblocking_is_heard(status: str, blocked: bool) -> None:
    change = {"chat": HERE, "from": FATMA, "date": 1, "new_chat_member": {"status": status}}
    incoming = hear({"update_id": 42, "my_chat_member": change})
    assert incoming is not None
    assert (incoming.heard, incoming.conversation) == (Blocked(blocked), "telegram:1001")


def test_an_edited_command_is_noticed_and_never_carried_out_again() -> None:
    """Pitfall 25: Telegram replays old commands as edits, with new update ids."""
    edited = {"message_id": 7, "chat": HERE, "from": FATMA, "text": "/verwijder"}
    incoming = hear({"update_id": 1, "edited_message": edited})
    assert incoming is not None
    assert incoming.heard == Media("edited", "/verwijder")


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "video", "animation", "audio"])
def test_the_words_under_a_photo_are_heard_and_are_never_a_command(kind: str) -> None:
    content: dict[str, Any] = {kind: {}, "caption": "/start"}
    incoming = hear(message(**content))
    assert incoming is not None
    assert incoming.heard == Media(kind, "/start")


def test_the_words_under_an_edited_photo_are_heard_too() -> None:
    edited = {"message_id": 7, "chat": HERE, "from": FATMA, "photo": [], "caption": "ik ruik gas"}
    incoming = hear({"update_id": 1, "edited_message": edited})
    assert incoming is not None
    assert incoming.heard == Media("edited", "ik ruik gas")
    assert hear({"update_id": 2, "edited_message": {**edited, "caption": ""}}) is None


ASIDE = {
    *("text", "contact", "business_connection_id", "effect_id", "reply_to_story", "sender_boost_count"),
    *("sender_business_bot", "suggested_post_info"),
}
"""What the library lists among the kinds of content and is none, or is heard as something else."""


def test_every_kind_of_content_is_heard_and_only_what_telegram_writes_itself_is_not() -> None:
    kinds = {kind.value for kind in MessageType} - ASIDE | {"migrate_from_chat_id"}
    assert len(kinds) > 70
    assert kinds >= SERVICE, "a service message that the library does not know"
    for kind in [*sorted(kinds), "hologram"]:
        content: dict[str, Any] = {kind: {}, "caption": "ik ruik gas"}
        incoming = hear(message(**content))
        if kind in SERVICE:
            assert incoming is None, kind
        else:
            assert incoming is not None, kind
            assert isinstance(incoming.heard, Media), kind
            assert incoming.heard.words == "ik ruik gas", kind
    nothing = hear(message())
    assert nothing is not None
    assert nothing.heard == Media("other")
    assert hear(message(GROUP, hologram={})) is None


def test_what_stands_beside_words_never_keeps_them_from_being_heard() -> None:
    incoming = hear(message(text="ik ruik gas", pinned_message={}))
    assert incoming is not None
    assert incoming.heard == Text("ik ruik gas")


def test_content_of_a_wrong_type_is_something_that_cannot_be_read_and_is_answered() -> None:
    said: list[tuple[dict[str, Any], Media | Text]] = [
        ({"text": 5}, Media("other")),
        ({"text": ["ik ruik gas"]}, Media("other", "ik ruik gas")),
        ({"text": "\0"}, Media("other")),
        ({"photo": "x", "caption": {}}, Media("photo")),
        ({"contact": "x"}, Media("contact")),
        ({"contact": {"phone_number": 5, "user_id": 1001}}, Media("contact")),
        ({"contact": {"phone_number": "\ud83d" * 300}}, Media("contact")),
        ({"text": "dag", "media_group_id": 5, "entities": 5, "date": "x"}, Text("dag")),
    ]
    for content, heard in said:
        incoming = hear(message(**content))
        assert incoming is not None
        assert (incoming.heard, incoming.album) == (heard, ""), content
    people: list[Any] = [None, {}, [], "x", {"id": 1001, "first_name": 5, "language_code": {}, "is_bot": None}]
    for person in people:
        incoming = hear({"update_id": 42, "message": {"chat": HERE, "from": person, "text": "dag"}})
        assert incoming is not None
        assert (incoming.sender, incoming.language) == ("telegram:1001", "")
    for card in ({"message_id": 2**70, "date": 5, "chat": HERE}, {"message_id": "7", "date": 5}, {"date": math.inf}):
        incoming = hear(tap("menu.start:begin:1", card))
        assert incoming is not None
        assert (incoming.message, incoming.conversation) == (None, "telegram:1001")
    strange: list[Any] = [5, ["x"], {}, "\ud83d:x:1"]
    for data in strange:
        assert (incoming := hear({"update_id": 42, "callback_query": {"id": 9, "from": FATMA, "data": data}}))
        assert (incoming.heard, incoming.query) == (NoTap(), None)


def test_an_update_that_does_not_tell_who_or_where_cannot_be_read() -> None:
    strange: list[Any] = [
        None, [], "dag", 7, b'"update_id":7', {}, {"update_id": "7"}, {"update_id": True}, {"update_id": 2**63},
        {"update_id": 1.5}, {"update_id": 1, "message": None}, {"update_id": 1, "message": [message()]},
        message({"id": 1001}), message({"type": "private"}), message({"id": 2**63, "type": "private"}),
        message({"id": "1001", "type": "private"}), message({"id": math.nan, "type": "private"}),
        message({"id": 1001, "type": ["private"]}), message(person={"id": 2**64}, text="dag"),
        message(person={"id": "1001"}, text="dag"), message(person={"first_name": "Fatma"}, text="dag"),
        {"update_id": 1, "callback_query": {"id": "9", "data": "x"}}, tap("x", person={"id": 2**63}),
        {"update_id": 1, "edited_message": {"text": "x"}}, {"update_id": 1, "my_chat_member": {"chat": HERE}},
    ]  # fmt: skip
    for update in strange:
        with pytest.raises((KeyError, TypeError, ValueError)):
            hear(update)


def test_every_text_that_is_heard_can_be_stored_and_sent() -> None:
    assert [cleaned(each) for each in ("dag", "a\0b", "\ud83d", "\udd25\ud83d", "🔥", None, 5)] == [
        "dag", "ab", "\ufffd", "\ufffd\ufffd", "🔥", "", "",
    ]  # fmt: skip
    dirty = "x\0\ud83dy" * 100
    person = {"id": 1001, "first_name": dirty, "language_code": dirty}
    updates = [
        message(person=person, text=dirty), message(person=person, text=f"/start {dirty}"),
        message(person=person, photo=[], caption=dirty, media_group_id=dirty), message(person=person, voice={}),
        {"update_id": 1, "callback_query": {"id": dirty, "from": person, "data": dirty}},
        {"update_id": 1, "edited_message": {"chat": HERE, "from": person, "text": dirty}},
    ]  # fmt: skip
    for update in updates:
        incoming = hear(update)
        assert incoming is not None
        written = orjson.dumps(asdict(incoming))
        assert b"\\u0000" not in written
        assert (len(incoming.name), len(incoming.language)) == (64, 35)
