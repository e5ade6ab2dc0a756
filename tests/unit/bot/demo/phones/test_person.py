"""What people do reaches the bot as Telegram tells it, and what the bot does shows on their phones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import telegram
from telegram import InlineKeyboardButton as Inline
from telegram import InlineKeyboardMarkup as Keyboard
from telegram import MaybeInaccessibleMessage, Update
from telegram.error import BadRequest, Conflict

from bot.demo.phones.person import KINDS
from bot.demo.standin.world.chat import MESSAGES
from bot.demo.standin.world.files import sample_sound
from bot.messages.message import Quoted
from bot.runtime.telegram.updates import hear
from tests.unit.bot.demo.standin_line import Line, message_of, open_line, texts_of


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with open_line() as opened:
        yield opened


async def test_a_little_conversation(line: Line) -> None:
    fatma = line.world.person(1001, "Fatma", "ar")
    fatma.start("poster_7")
    (update,) = await line.bot.get_updates(timeout=5)
    start = message_of(update)
    assert start.from_user is not None
    assert (start.text, start.from_user.language_code) == ("/start poster_7", "ar")
    assert start.entities[0].type == "bot_command"

    rows = [[Inline("نعم", callback_data="cold:yes:1"), Inline("لا", callback_data="cold:no:1")]]
    card = await line.bot.send_message(1001, "هل البيت بارد؟", reply_markup=Keyboard(rows))
    chat = fatma.chat()
    assert chat.labels() == [["نعم", "لا"]]

    fatma.tap(card.message_id, "نعم")
    (tap,) = await line.bot.get_updates(offset=update.update_id + 1)
    assert tap.callback_query is not None
    assert tap.callback_query.message is not None
    assert (tap.callback_query.data, tap.callback_query.message.message_id) == ("cold:yes:1", card.message_id)
    assert list(chat.waiting) == [tap.callback_query.id]
    await tap.callback_query.answer("شكرا", show_alert=True)
    await tap.callback_query.edit_message_text("حسنا")
    assert not chat.waiting
    assert (chat.toasts[-1].text, chat.toasts[-1].alert) == ("شكرا", True)
    assert (chat.last["text"], chat.last["message_id"], chat.labels()) == ("حسنا", card.message_id, [])


async def test_updates_are_given_until_they_are_confirmed(line: Line) -> None:
    person = line.resident()
    for text in ("een", "twee", "drie"):
        person.say(text)
    first = await line.bot.get_updates(limit=2)
    again = await line.bot.get_updates()
    assert texts_of(first) == ["een", "twee"]
    assert [update.update_id for update in again] == list(range(first[0].update_id, first[0].update_id + 3))
    rest = await line.bot.get_updates(offset=first[1].update_id + 1)
    assert texts_of(rest) == ["drie"]
    assert person.chat().read_to == message_of(first[1]).message_id
    assert texts_of(await line.bot.get_updates(offset=-1)) == ["drie"]


async def test_a_long_poll_ends_when_somebody_speaks(line: Line) -> None:
    person = line.resident()
    poll = asyncio.create_task(line.bot.get_updates(timeout=30, read_timeout=30))
    await line.listened()
    person.say("hoi")
    (update,) = await asyncio.wait_for(poll, 60)
    assert message_of(update).text == "hoi"


async def test_of_two_pollers_the_older_one_is_sent_away(line: Line) -> None:
    person = line.resident()
    older = asyncio.create_task(line.bot.get_updates(timeout=30))
    await line.listened()
    newer = asyncio.create_task(line.bot.get_updates(timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await asyncio.wait_for(older, 60)
    person.say("hoi")
    assert len(await asyncio.wait_for(newer, 60)) == 1
    await line.bot.set_webhook("https://bot.example.nl/hook")
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await line.bot.get_updates()
    await line.bot.delete_webhook()
    await line.bot.get_updates()


async def test_closing_the_world_ends_the_polls_at_once(line: Line) -> None:
    poll = asyncio.create_task(line.bot.get_updates(timeout=50))
    await line.listened()
    line.world.close()
    assert await asyncio.wait_for(poll, 30) == ()


async def test_only_the_wanted_kinds_of_updates_come(line: Line) -> None:
    person = line.resident()
    await line.bot.get_updates(allowed_updates=["callback_query"])
    person.say("hoi")
    assert await line.bot.get_updates() == ()
    await line.bot.get_updates(allowed_updates=[])
    person.say("hoi")
    assert len(await line.bot.get_updates()) == 1


async def test_an_update_may_come_twice_or_backwards_or_again(line: Line) -> None:
    person = line.resident()
    for text in ("een", "twee"):
        person.say(text)
    line.account.faults.double = 1
    assert texts_of(await line.bot.get_updates()) == ["een", "een", "twee"]
    line.account.faults.reverse = True
    backwards = await line.bot.get_updates()
    assert texts_of(backwards) == ["twee", "een"]
    line.account.faults.clear()
    assert await line.bot.get_updates(offset=backwards[0].update_id + 1) == ()
    line.account.again(backwards[1].update_id)
    (again,) = await line.bot.get_updates()
    assert (again.update_id, message_of(again).text) == (backwards[1].update_id, "een")
    with pytest.raises(LookupError):
        line.account.again(3)


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ("KOP-4F7_a", "/start KOP-4F7_a"),
        ("a" * 64, "/start " + "a" * 64),
        ("a" * 65, "/start"),
        ("a b", "/start"),
        ("été", "/start"),
        ("x=", "/start"),
        ("", "/start"),
    ],
)
async def test_a_start_payload_that_telegram_does_not_take_is_dropped(line: Line, payload: str, text: str) -> None:
    line.world.person(1001).start(payload)
    assert line.world.person(1001).chat().last["text"] == text


async def test_a_contact_is_only_ones_own_with_ones_own_id(line: Line) -> None:
    person = line.resident()
    bottom = telegram.ReplyKeyboardMarkup(
        [[telegram.KeyboardButton("Deel mijn nummer", request_contact=True)], ["Liever niet"]], one_time_keyboard=True
    )
    await line.bot.send_message(1001, "Mag ik je nummer?", reply_markup=bottom)
    with pytest.raises(LookupError, match="Liever niet"):
        person.press("Iets anders")
    person.press("Deel mijn nummer")
    person.share_contact(own=False)
    mine, other = await line.bot.get_updates()
    own, others = message_of(mine).contact, message_of(other).contact
    assert own is not None
    assert others is not None
    assert (own.user_id, own.phone_number) == (1001, "31612345678")
    assert others.user_id is None
    assert person.chat().keyboard is None


async def test_a_bottom_keyboard_stays_until_it_is_taken_away(line: Line) -> None:
    person = line.resident()
    await line.bot.send_message(1001, "Kies", reply_markup=telegram.ReplyKeyboardMarkup([["Ja", "Nee"]]))
    person.press("Ja")
    assert person.chat().last["text"] == "Ja"
    assert person.chat().keyboard is not None
    await line.bot.send_message(1001, "Weg", reply_markup=telegram.ReplyKeyboardRemove())
    assert person.chat().keyboard is None


@pytest.mark.parametrize("kind", KINDS)
async def test_the_library_understands_everything_that_is_sent(line: Line, kind: str) -> None:
    person = line.resident()
    person.send(kind)
    (update,) = await line.bot.get_updates()
    assert getattr(update.message, kind)
    with pytest.raises(ValueError, match="cannot send"):
        person.send("hologram")


async def test_files_can_be_fetched_back(line: Line) -> None:
    person = line.resident()
    sent = await line.bot.send_document(1001, b"een brief", filename="brief.txt", caption="Lees dit")
    assert person.chat().last["document"]["file_name"] == "brief.txt"
    assert sent.document is not None
    file = await sent.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"een brief"
    again = await line.bot.send_document(1001, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_id == sent.document.file_id
    with pytest.raises(BadRequest, match="Wrong file_id"):
        await line.bot.get_file("nothing")


def tapped(update: Update) -> MaybeInaccessibleMessage:
    """The message under which this update is a tap."""
    assert update.callback_query is not None
    assert update.callback_query.message is not None
    return update.callback_query.message


async def test_editing_blocking_and_old_screens(line: Line) -> None:
    person = line.resident()
    said = person.say("ik snap er nix van")
    person.edit(said, "ik snap er niks van")
    card = await line.bot.send_message(1001, "Koud?", reply_markup=Keyboard([[Inline("Ja", callback_data="a")]]))
    await card.edit_text("Warm?")
    with pytest.raises(LookupError):
        person.tap(card.message_id, "Ja")
    person.tap_stale(card.message_id, "a")
    await card.delete()
    person.tap_stale(card.message_id, "a")
    person.block()
    person.block()
    with pytest.raises(LookupError, match="blocked"):
        person.say("hoi")
    person.unblock()
    updates = await line.bot.get_updates()
    edited = updates[1].edited_message
    assert edited is not None
    assert edited.text == "ik snap er niks van"
    assert tapped(updates[2]).is_accessible
    assert not tapped(updates[3]).is_accessible
    changes = [update.my_chat_member for update in updates[4:]]
    assert [change and change.new_chat_member.status for change in changes] == ["kicked", "member"]


async def test_a_tap_under_a_reply_tells_what_the_message_says_now_and_nothing_when_it_is_deleted(line: Line) -> None:
    """Which is how Telegram tells it; a message to reply to that is gone is refused, unless it may go without."""
    fatma = line.world.person(1001, "Fatma")
    said = fatma.say("mijn man slaat mij")
    reply = telegram.ReplyParameters(said)
    rows = Keyboard([[Inline("Toch versturen", callback_data="a:b:1")]])
    card = await line.bot.send_message(1001, "Bel 112", reply_markup=rows, reply_parameters=reply)
    assert card.reply_to_message is not None
    fatma.tap(card.message_id, "Toch versturen")
    fatma.edit(said, "bel mij")
    fatma.tap(card.message_id, "Toch versturen")
    fatma.chat().drop(said)
    fatma.tap(card.message_id, "Toch versturen")
    heard = [hear(update) for update in line.account.queue.values() if "callback_query" in update]
    assert [each and each.quoted for each in heard] == [
        Quoted(said, "mijn man slaat mij"),
        Quoted(said, "bel mij"),
        None,
    ]
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await line.bot.send_message(1001, "Bel 112", reply_parameters=reply)


async def test_a_long_text_is_sent_in_pieces_and_an_old_message_is_forgotten(line: Line) -> None:
    person = line.resident()
    person.say("🙂" * 3000)
    sizes = [len(text or "") for text in texts_of(await line.bot.get_updates())]
    assert sizes == [2048, 952]
    first = await line.bot.send_message(1001, "kaart")
    for number in range(MESSAGES):
        person.say(str(number))
    assert len(person.chat().messages) == MESSAGES
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await first.edit_text("nieuw")


async def test_two_bots_do_not_hear_each_other(line: Line) -> None:
    other = line.world.bot("9:other", name="Andere", username="andere_bot")
    person = line.resident()
    person.say("voor de eerste")
    person.say("voor de tweede", bot=other)
    assert texts_of(await line.bot.get_updates()) == ["voor de eerste"]
    assert [update["message"]["text"] for update in other.waiting(10)] == ["voor de tweede"]


async def test_numbers_are_higher_after_a_new_start(line: Line) -> None:
    said = line.resident().say("hoi")
    line.clock.now += 60
    later = type(line.world)(clock=line.clock)
    later.bot()
    assert later.person(1001).say("hoi") > said


def test_a_phone_records_a_voice_message_that_can_be_played() -> None:
    """Opus in Ogg: a header, and a frame for every 20 milliseconds."""
    sound = sample_sound(4)
    pages = sound.split(b"OggS")[1:]
    assert b"".join(b"OggS" + page for page in pages) == sound
    assert [page[1] for page in pages] == [2, 0, 0, 0, 0, 4], "the first page begins it and the last one ends it"
    assert pages[0][24:].startswith(b"OpusHead")
    assert pages[1][24:].startswith(b"OpusTags")
    assert sum(page[22] for page in pages[2:]) == 4 * 50
    assert int.from_bytes(pages[-1][2:10], "little") == 4 * 48_000
    assert len(sound) < 4000
