"""Updates that say something strange: bytes, numbers, shapes and kinds that nobody expects; and cries for help."""

from __future__ import annotations

from typing import Any

import orjson

from tests.attack.case import Cases
from tests.attack.town import Town

LETTERS: Cases[Town] = Cases()

STRANGE = {
    "a bad byte": orjson.Fragment(b'"a\xffb"'),
    "half an emoji": orjson.Fragment(b'"a\\ud83d"'),
    "a null": orjson.Fragment(b'"a\\u0000b"'),
    "nothing that is shown": "\u200b\u200d\u2066",
    "many combining marks": "a" + "\u0301" * 4000,
}
MARK = 777_000_777
"""A number in an update that is replaced by a stranger one."""

FURTHEST = "z" * 13
"""The largest number that callback data may hold in base 36: beyond 64 bits."""

KINDS = (
    *("animation", "audio", "document", "live_photo", "paid_media", "photo", "sticker", "story", "video", "video_note"),
    *("voice", "checklist", "contact", "dice", "game", "giveaway", "invoice", "location", "poll", "venue"),
    *("giveaway_winners", "successful_payment", "users_shared", "chat_shared", "gift", "unique_gift", "web_app_data"),
    *("passport_data", "hologram_of_next_year"),
)


@LETTERS.add("strange letters in text", ", ".join(STRANGE), "an answer to each; others are served")
async def strange_letters_in_text(town: Town) -> None:
    for what, text in STRANGE.items():
        person = await town.someone()
        await town.reaction(person, lambda person=person, text=text: town.send(person, text=text), what=f"that: {what}")  # type: ignore[misc]
    await town.serves()


@LETTERS.add("strange letters in a name", ", ".join(STRANGE), "an answer to each; others are served")
async def strange_letters_in_a_name(town: Town) -> None:
    for what, name in STRANGE.items():
        person = await town.someone()
        who = {**person.user(), "first_name": name, "language_code": name}

        def write(who: dict[str, Any] = who, person: Any = person) -> None:
            town.send(person, text="/menu", **{"from": who})

        await town.reaction(person, write, what=f"an answer to the name with {what}")
    await town.serves()


@LETTERS.add(
    "strange callback data", f"{', '.join(STRANGE)}; lies of 64 bytes", "the phone stops waiting; others go on"
)
async def strange_callback_data(town: Town) -> None:
    lies = [
        "",
        ":::",
        "x" * 64,
        "lead:",
        "language:" + "x" * 50 + ":0",
        "menu.worries:+" + "damp" * 9 + ":0",
        "🆘" * 16,
    ]
    for data in (*STRANGE.values(), *lies):
        await town.tapped(await town.someone(), data)
    await town.serves()


@LETTERS.add("numbers beyond 64 bits", "in callback data, ids of messages, people and chats", "others are served")
async def numbers_beyond_64_bits(town: Town) -> None:
    person = await town.someone()
    steps = ("menu.worries:damp", "lead:" + "f" * 16 + ".take", "withdraw:" + "f" * 16, "desk:inbox999999")
    for step in steps:
        await town.tapped(person, f"{step}:{FURTHEST}")
    for number in (b"9" * 22, b"-" + b"9" * 22, b"0", b"1e400", b"9" * 5000):
        who = {"id": MARK, "is_bot": False, "first_name": "Jan"}
        message = {
            "message_id": MARK,
            "date": MARK,
            "from": who,
            "chat": {"id": MARK, "type": "private"},
            "text": "dag",
        }
        tap = {"id": "1", "from": who, "message": message, "data": "menu.worries:damp:0"}
        for kind, body in (("message", message), ("edited_message", message), ("callback_query", tap)):
            town.push(kind, orjson.dumps(body).replace(str(MARK).encode(), number))
    await town.serves()


@LETTERS.add("every kind of content", f"{len(KINDS)} kinds, one that nobody knows among them", "an answer to each")
async def every_kind_of_content(town: Town) -> None:
    unanswered = []
    people = {kind: await town.someone() for kind in KINDS}
    before = {kind: len(town.said(person)) for kind, person in people.items()}
    for kind, person in people.items():
        town.send(person, **{kind: [] if kind in ("photo", "new_chat_photo") else {}})
    await town.serves()
    await town.quiet()
    unanswered = [kind for kind, person in people.items() if len(town.said(person)) == before[kind]]
    assert not unanswered, f"no answer to {', '.join(unanswered)}"


@LETTERS.add("broken shapes", "updates without sender, chat or sense, of all kinds", "others are served")
async def broken_shapes(town: Town) -> None:
    bodies: list[Any] = [{}, None, 7, "x", [], {"message_id": 1}, {"chat": {"id": 1}}, {"from": {}, "chat": {}}]
    bodies += [{"from": {"id": "1"}, "chat": {"id": [], "type": 1}}, b"[" * 2000 + b"]" * 2000, b'{"text":"\xff"}']
    kinds = ("message", "edited_message", "callback_query", "my_chat_member")
    allowed, town.account.allowed = town.account.allowed, frozenset({*kinds, "poll_of_next_year"})
    for kind in (*kinds, "poll_of_next_year"):
        for body in bodies:
            town.push(kind, body)
    town.account.allowed = allowed
    await town.serves()


@LETTERS.add(
    "a cry for help anywhere", "under a photo, voice, document; in an edit; disguised", "the numbers, each time"
)
async def a_cry_for_help_anywhere(town: Town) -> None:
    missed = []

    async def cry(what: str, **content: Any) -> None:
        person = await town.someone()
        try:
            await town.danger(person, lambda: town.send(person, **content))
        except AssertionError:
            missed.append(what)

    for kind in ("photo", "voice", "document", "video", "animation", "audio"):
        await cry(f"under a {kind}", caption="Ik ruik gas", **{kind: [] if kind == "photo" else {}})
    for words in (
        "brand!",
        "gasalarm",
        "Ik ru\u200bik g\u00adas",
        "ik wil niet meer",
        "أشم رائحة غـــاز",
        "fire",
        "112",
    ):
        await cry(words, text=words)
    person = await town.someone()
    number = person.say("dag buurman")
    try:
        await town.danger(person, lambda: person.edit(number, "ik ruik gas"))
    except AssertionError:
        missed.append("in an edit")
    assert not missed, f"not heard: {', '.join(missed)}"


@LETTERS.add("from a group", "words of danger, commands and taps in a group", "nothing personal there; others go on")
async def from_a_group(town: Town) -> None:
    people = [await town.someone() for _ in range(2)]
    group = town.here.world.group(-4243, "Buren", people)
    for words in ("Ik ruik gas", "/start", "/postvak", "/coordinator", "/mijngegevens", "/verwijder"):
        people[0].say(words, where=group.id)
    shown = group.shown[0]
    for data in ("menu.worries:damp:1", "lead:" + "f" * 16 + ".take:0", "dashboard:home:0"):
        town.account.ask(group, people[1], shown, data)
    await town.serves()
    await town.quiet()
    said = [each for each in group.shown if each["from"]["is_bot"]]
    buttons = [b for each in said for row in each.get("reply_markup", {}).get("inline_keyboard", []) for b in row]
    acting = [button["text"] for button in buttons if "callback_data" in button]
    assert not acting, f"buttons in the group: {', '.join(acting)}"
