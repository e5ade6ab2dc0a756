"""The stand-in refuses what Telegram refuses, in Telegram's words, as the real library hears them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import telegram
from telegram import InlineKeyboardButton as Inline
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.demo.standin.api.keyboard import read_markup
from bot.demo.standin.api.refusal import Refusal
from bot.demo.standin.server import standin_app
from bot.demo.standin.world.files import sample_picture
from bot.demo.standin.world.world import World
from tests.unit.bot.demo.standin_line import Line, library_bot, open_line


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with open_line() as opened:
        yield opened


def keyboard(data: str = "a:b:1", text: str = "Ja") -> Keyboard:
    return Keyboard([[Inline(text, callback_data=data)]])


async def test_button_data_is_counted_in_bytes(line: Line) -> None:
    line.resident()
    await line.bot.send_message(1001, "Goed", reply_markup=keyboard("x" * 64))
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await line.bot.send_message(1001, "Te lang", reply_markup=keyboard("é" * 33))
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await line.bot.send_message(1001, "Te lang", reply_markup=keyboard("x" * 65))
    with pytest.raises(Refusal, match="BUTTON_DATA_INVALID"):
        read_markup({"inline_keyboard": [[{"text": "Ja", "callback_data": ""}]]})


async def test_what_a_button_copies_has_at_most_256_characters(line: Line) -> None:
    line.resident()
    copied = telegram.CopyTextButton
    await line.bot.send_message(1001, "Goed", reply_markup=Keyboard([[Inline("Kopieer", copy_text=copied("x" * 256))]]))
    for text in ("", "x" * 257):
        with pytest.raises(Refusal, match="COPY_TEXT"):
            read_markup({"inline_keyboard": [[{"text": "Kopieer", "copy_text": {"text": text}}]]})


async def test_a_message_that_may_not_be_forwarded_stays_so_through_edits_and_an_edit_cannot_begin_it(
    line: Line,
) -> None:
    person = line.resident()
    for marked in (True, False):
        sent = await line.bot.send_message(1001, "Dag", protect_content=marked)
        await line.bot.edit_message_text("Hoi", 1001, sent.message_id, api_kwargs={"protect_content": True})
        assert person.chat().last.get("has_protected_content", False) is marked


async def test_text_is_counted_in_utf_16_units(line: Line) -> None:
    line.resident()
    await line.bot.send_message(1001, "a" * 4096)
    await line.bot.send_message(1001, "🙂" * 2048)
    for text in ("a" * 4097, "🙂" * 2049):
        with pytest.raises(BadRequest, match="Message is too long"):
            await line.bot.send_message(1001, text)
    with pytest.raises(BadRequest, match="Message text is empty"):
        await line.bot.send_message(1001, " \n ")


async def test_a_caption_has_1024_units(line: Line) -> None:
    line.resident()
    await line.bot.send_photo(1001, sample_picture(), caption="a" * 1024)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await line.bot.send_photo(1001, sample_picture(), caption="a" * 1025)


async def test_what_is_no_picture_is_no_photo_and_an_empty_file_is_nothing(line: Line) -> None:
    line.resident()
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await line.bot.send_photo(1001, b"no picture", filename="x.png")
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await line.bot.send_document(1001, b"", filename="x.txt")
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await line.bot.send_document(1001, "some-id-of-yesterday")


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("{not json", "can't parse reply keyboard markup JSON object"),
        ("[1]", "object expected as reply markup"),
        ({"inline_keyboard": "x"}, 'field "inline_keyboard" must be of type Array'),
        ({"inline_keyboard": [{}]}, 'field "inline_keyboard" must be an Array of Arrays'),
        ({"inline_keyboard": [["x"]]}, "InlineKeyboardButton must be an Object"),
        ({"inline_keyboard": [[{"callback_data": "x"}]]}, 'Can\'t find field "text"'),
        ({"inline_keyboard": [[{"text": "x"}]]}, "Text buttons are unallowed in the inline keyboard"),
        ({"inline_keyboard": [[{"text": " ", "callback_data": "x"}]]}, "text must be non-empty"),
        ({"inline_keyboard": [[{"text": "x", "url": "geen link"}]]}, "Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": "x", "url": "http://localhost:8000"}]]}, "Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": "x", "url": "javascript:alert(1)"}]]}, "Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": "x", "web_app": {"url": "http://a.nl"}}]]}, "Only HTTPS links are allowed"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 8] * 13}, "REPLY_MARKUP_TOO_LONG"),
        ({"keyboard": [[{"request_contact": True}]]}, 'Can\'t find field "text"'),
        ({"keyboard": [[3]]}, "KeyboardButton must be a String or an Object"),
        ({"keyboard": {}}, 'field "keyboard" must be of type Array'),
    ],
)
async def test_a_malformed_keyboard_is_refused(line: Line, markup: Any, words: str) -> None:
    line.resident()
    text = markup if isinstance(markup, str) else json.dumps(markup)
    answer = await line.web.post(
        f"/bot{line.account.token}/sendMessage", data={"chat_id": 1001, "text": "Hoi", "reply_markup": text}
    )
    assert answer.status_code == 400
    assert words in answer.json()["description"]
    assert answer.json()["description"].startswith("Bad Request: ")


async def test_an_edit_that_changes_nothing_is_refused(line: Line) -> None:
    line.resident()
    sent = await line.bot.send_message(1001, "Is het koud?", reply_markup=keyboard())
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content and reply markup are"):
        await sent.edit_text("Is het koud?", reply_markup=keyboard())
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_reply_markup(keyboard())
    await sent.edit_text("Is het koud?")
    assert "reply_markup" not in line.world.person(1001).chat().last


async def test_an_edit_needs_a_message_of_the_bot_without_a_bottom_keyboard(line: Line) -> None:
    person = line.resident()
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await line.bot.edit_message_text("Nieuw", 1001, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await line.bot.edit_message_text("Nieuw", 1001, person.say("van mij"))
    bottom = telegram.ReplyKeyboardMarkup([[telegram.KeyboardButton("Deel", request_contact=True)]])
    sent = await line.bot.send_message(1001, "Je nummer?", reply_markup=bottom)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await sent.edit_text("Nieuw")
    photo = await line.bot.send_photo(1001, sample_picture())
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await photo.edit_text("Nieuw")
    with pytest.raises(BadRequest, match="Message_too_long"):
        await line.bot.edit_message_text("a" * 4097, 1001, sent.message_id)


async def test_a_message_can_be_deleted_for_48_hours(line: Line) -> None:
    line.resident()
    first, second = [await line.bot.send_message(1001, text) for text in ("een", "twee")]
    line.clock.now += 48 * 3600
    assert await first.delete()
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await first.delete()
    line.clock.now += 1
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await second.delete()


async def test_a_tap_is_answered_once_and_in_time(line: Line) -> None:
    person = line.resident()
    sent = await line.bot.send_message(1001, "Koud?", reply_markup=keyboard())
    first, late = person.tap(sent.message_id, "Ja"), person.tap(sent.message_id, "a:b:1")
    assert await line.bot.answer_callback_query(first, "Genoteerd")
    too_old = "Query is too old and response timeout expired or query id is invalid"
    with pytest.raises(BadRequest, match=too_old):
        await line.bot.answer_callback_query(first)
    with pytest.raises(BadRequest, match=too_old):
        await line.bot.answer_callback_query("123")
    line.clock.now += 61
    with pytest.raises(BadRequest, match=too_old):
        await line.bot.answer_callback_query(late)
    assert [toast.text for toast in person.chat().toasts] == ["Genoteerd"]
    assert not person.chat().waiting


async def test_nobody_is_written_to_who_did_not_write_first_or_went_away(line: Line) -> None:
    line.world.person(1002, "Ahmed")
    for stranger in (1002, 5, "@somebody"):
        with pytest.raises(BadRequest, match="Chat not found"):
            await line.bot.send_message(stranger, "Hoi")
    person = line.resident()
    person.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await line.bot.send_message(1001, "Hoi")
    person.unblock()
    await line.bot.send_message(1001, "Hoi")
    person.deactivated = True
    with pytest.raises(Forbidden, match="user is deactivated"):
        await line.bot.send_message(1001, "Hoi")


async def test_some_people_take_no_voice_messages(line: Line) -> None:
    line.resident().voice_forbidden = True
    with pytest.raises(BadRequest, match="Voice_messages_forbidden"):
        await line.bot.send_voice(1001, b"OggS", filename="a.ogg")
    await line.bot.send_audio(1001, b"OggS", filename="a.ogg")


async def test_a_flood_stops_one_chat_or_all(line: Line) -> None:
    for id in (1001, 1002):
        line.resident(id)
    line.account.faults.flood(1001, retry_after=7)
    with pytest.raises(RetryAfter, match="Retry in 7") as refusal:
        await line.bot.send_message(1001, "Hoi")
    assert refusal.value.retry_after == 7
    await line.bot.send_message(1002, "Hoi")
    line.clock.now += 6.5
    with pytest.raises(RetryAfter, match="Retry in 1"):
        await line.bot.send_message(1001, "Hoi")
    line.clock.now += 0.5
    await line.bot.send_message(1001, "Hoi")
    line.account.faults.flood(retry_after=3, calls=1)
    with pytest.raises(RetryAfter):
        await line.bot.send_message(1002, "Hoi")
    await line.bot.send_message(1002, "Hoi")


async def test_telegrams_own_pace_is_one_a_second_and_thirty_over_all(line: Line) -> None:
    for id in range(1, 41):
        line.resident(id)
    line.account.faults.strict()
    await line.bot.send_message(1, "een")
    with pytest.raises(RetryAfter, match="Retry in 1"):
        await line.bot.send_message(1, "twee")
    for id in range(2, 31):
        await line.bot.send_message(id, "een")
    with pytest.raises(RetryAfter):
        await line.bot.send_message(31, "een")
    line.clock.now += 1
    await line.bot.send_message(1, "twee")


async def test_wrong_tokens_and_methods_are_told_apart(line: Line) -> None:
    stranger = await line.web.get("/bot1:abc/getMe")
    assert (stranger.status_code, stranger.json()["description"]) == (401, "Unauthorized")
    assert (await line.web.get("/botabc/getMe")).status_code == 404
    assert (await line.web.get(f"/bot{line.account.token}/sendNothing")).status_code == 404
    transport = httpx.ASGITransport(standin_app(line.world))
    other = library_bot(World(clock=line.clock).bot("2:unknown-here"), "http://testserver", transport=transport)
    with pytest.raises(InvalidToken):
        await other.initialize()


async def test_a_page_of_another_site_cannot_call_the_bot_api_nor_download(line: Line) -> None:
    person = line.resident()
    token = f"bot{line.account.token}"
    doors = [f"/{token}/sendMessage?chat_id={person.id}&text=x", f"/{token}/getUpdates", f"/file/{token}/photo/1"]
    before = len(person.chat().shown)
    names = ("evil.example.nl", "evil.example.nl:8080", "127.0.0.1.evil.example.nl", "[::1", "")
    elsewhere: list[dict[str, str]] = [
        *({"host": host} for host in names),
        *({"origin": origin} for origin in ("http://evil.example.nl", "null", "", "http://testserver:8081")),
        *({"sec-fetch-site": site} for site in ("cross-site", "same-site")),
        {"origin": "http://evil.example.nl", "host": "evil.example.nl"},
    ]
    for path in doors:
        for method in ("GET", "POST"):
            for headers in elsewhere:
                answer = await line.web.request(method, path, headers=headers)
                assert (answer.status_code, answer.json()["ok"]) == (403, False), (method, path, headers)
    assert len(person.chat().shown) == before
    own = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    for headers in ({}, own, {"host": "127.0.0.1:8080"}, {"host": "[::1]:8080"}, {"host": "LOCALHOST"}):
        assert (await line.web.get(doors[0], headers=headers)).status_code == 200, headers


async def test_a_group_that_moved_says_where_to(line: Line) -> None:
    person = line.resident()
    group = line.world.group(-5, "Buren", [person])
    person.say("hallo", where=-5)
    await line.bot.send_message(-5, "Hoi allemaal")
    line.world.upgrade(group, -100_5)
    with pytest.raises(ChatMigrated) as moved:
        await line.bot.send_message(-5, "Hoi")
    assert moved.value.new_chat_id == -100_5
    updates = await line.bot.get_updates()
    assert [update.effective_chat.id for update in updates if update.effective_chat] == [-5, -5, -100_5]


async def test_html_is_read_and_broken_html_is_refused(line: Line) -> None:
    line.resident()
    sent = await line.bot.send_message(1001, "🙂 <b>A &amp; <i>B</i></b>", parse_mode="HTML")
    assert sent.text == "🙂 A & B"
    assert [(one.type, one.offset, one.length) for one in sent.entities] == [("bold", 3, 5), ("italic", 7, 1)]
    for text, words in (
        ("a < b", "unsupported start tag"),
        ("<table>", 'unsupported start tag "table" at byte offset 0'),
        ("<b>x", 'can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "unexpected end tag at byte offset 1"),
    ):
        with pytest.raises(BadRequest, match=words):
            await line.bot.send_message(1001, text, parse_mode="HTML")
    with pytest.raises(BadRequest, match="Unsupported parse_mode"):
        await line.bot.send_message(1001, "*x*", parse_mode="MarkdownV2")


@pytest.mark.parametrize(
    ("commands", "words"),
    [([("Start", "x")], "Bot_command_invalid"), ([("start", "")], "Bot_command_description_invalid")],
)
async def test_commands_are_small_letters_with_a_description(line: Line, commands: Any, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await line.bot.set_my_commands([telegram.BotCommand(*one) for one in commands])


async def test_a_profile_takes_two_letter_languages_only(line: Line) -> None:
    await line.bot.set_my_name("Koppelkans", language_code="ar")
    with pytest.raises(BadRequest, match="Invalid language code specified"):
        await line.bot.set_my_description("Hoi", language_code="ara")
    with pytest.raises(BadRequest, match="is too long"):
        await line.bot.set_my_short_description("x" * 121)


async def test_a_server_in_trouble_answers_5xx_and_does_nothing(line: Line) -> None:
    person = line.resident()
    line.account.faults.fail(2, code=502, methods=["sendMessage"])
    for _ in range(2):
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await line.bot.send_message(1001, "Hoi")
    await line.bot.get_me()
    assert len(person.chat().messages) == 1
    await line.bot.send_message(1001, "Hoi")
    assert person.chat().last["text"] == "Hoi"
