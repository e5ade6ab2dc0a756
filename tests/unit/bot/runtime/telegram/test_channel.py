"""Our channel against the stand-in, over real sockets, with both HTTP clients."""

from __future__ import annotations

import asyncio
import logging
import warnings

import httpx
import pytest

from bot.demo.standin.server import standin_app
from bot.demo.standin.world.world import TOKEN, World
from bot.messages.message import Button, Outgoing, from_row, to_row
from bot.runtime.channel import AnotherPoller, ChannelDown, Gone, Refused, Sent, TokenRefused, TryLater
from bot.runtime.telegram.channel import Profile, Telegram
from tests.unit.bot.runtime.line import connected

CLIENTS = pytest.mark.parametrize("client", ["httptools", "httpx"])
CARD = ((Button("Ja", "toy.ask:yes:1"), Button("Nee", "toy.ask:no:1")), (Button("Kaart", url="https://example.org"),))


def to(person: int, text: str = "Dag", **more: object) -> Outgoing:
    return Outgoing(1, f"telegram:{person}", text, **more)  # type: ignore[arg-type]


@CLIENTS
async def test_a_message_arrives_with_its_buttons_and_is_edited_in_place(client: str) -> None:
    world = World()
    world.bot()
    fatma = world.person(first_name="Fatma")
    fatma.start()
    async with connected(world, client) as channel:
        sent = await channel.send(to(fatma.id, "Is het koud? <&_*", buttons=CARD))
        assert sent == Sent(fatma.chat().last["message_id"])
        assert fatma.chat().labels() == [["Ja", "Nee"], ["Kaart"]]
        assert await channel.send(to(fatma.id, "Dankjewel", edit=sent.message_id)) == Sent()
        assert fatma.chat().last["text"] == "Dankjewel"
        assert fatma.chat().labels() == []


@CLIENTS
async def test_a_reply_shows_what_it_replies_to_and_goes_without_when_that_is_gone(client: str) -> None:
    """An edit is no reply, nor is what is sent anew for it; one that has to wait is a reply when its turn comes."""
    world = World()
    account = world.bot()
    fatma = world.person(first_name="Fatma")
    said, gone = fatma.say("mijn man slaat mij"), fatma.say("dag")
    fatma.chat().drop(gone)
    async with connected(world, client) as channel:
        for message, replied in (
            (to(fatma.id, "Bel 112", reply_to=said, buttons=CARD), "mijn man slaat mij"),
            (to(fatma.id, "Bel 113", reply_to=gone), None),
            (to(fatma.id, "Bel 114", reply_to=said, edit=1, buttons=CARD), None),
        ):
            account.faults.fail(code=502, methods=["sendMessage"])
            assert isinstance(await channel.send(message), TryLater)
            kept = from_row(to_row(message))
            assert kept == message
            assert isinstance(await channel.send(kept), Sent)
            assert fatma.chat().last["text"] == message.text
            assert fatma.chat().last.get("reply_to_message", {}).get("text") == replied


@CLIENTS
async def test_an_edit_that_changes_nothing_counts_as_delivered(client: str) -> None:
    world = World()
    world.bot()
    fatma = world.person()
    fatma.start()
    async with connected(world, client) as channel:
        sent = await channel.send(to(fatma.id, buttons=CARD))
        assert isinstance(sent, Sent)
        count = len(fatma.chat().shown)
        assert await channel.send(to(fatma.id, buttons=CARD, edit=sent.message_id)) == Sent()
        assert len(fatma.chat().shown) == count


@CLIENTS
async def test_a_card_that_cannot_be_edited_is_sent_anew(client: str) -> None:
    world = World()
    world.bot()
    fatma = world.person()
    fatma.start()
    async with connected(world, client) as channel:
        with_keyboard = await channel.send(to(fatma.id, "Je nummer?", ask_contact="Deel mijn nummer"))
        assert isinstance(with_keyboard, Sent)
        for uneditable in (with_keyboard.message_id, 1):
            sent = await channel.send(to(fatma.id, f"nieuw {uneditable}", buttons=CARD, edit=uneditable))
            assert sent == Sent(fatma.chat().last["message_id"])
            assert fatma.chat().last["text"] == f"nieuw {uneditable}"


async def test_an_edit_that_only_takes_away_what_stood_there_is_never_sent_anew() -> None:
    """Whoever hid the chat would find a new message about nothing below the neutral line."""
    world = World()
    world.bot()
    fatma = world.person()
    fatma.start()
    async with connected(world) as channel:
        with_keyboard = await channel.send(to(fatma.id, "Je nummer?", ask_contact="Deel mijn nummer"))
        assert isinstance(with_keyboard, Sent)
        count = len(fatma.chat().shown)
        for uneditable in (with_keyboard.message_id, 1):
            assert await channel.send(to(fatma.id, "👋", edit=uneditable, neutral=True)) == Sent()
        assert len(fatma.chat().shown) == count


async def test_the_share_button_appears_and_goes_away() -> None:
    world = World()
    world.bot()
    fatma = world.person()
    fatma.start()
    async with connected(world) as channel:
        await channel.send(to(fatma.id, "Je nummer?", ask_contact="Deel mijn nummer", edit=5))
        keyboard = fatma.chat().keyboard
        assert keyboard is not None
        assert keyboard.rows[0][0]["request_contact"] is True
        await channel.send(to(fatma.id, "Dankjewel", drop_keyboard=True))
        assert fatma.chat().keyboard is None


@CLIENTS
async def test_every_refusal_is_one_of_four_plain_outcomes(client: str) -> None:
    world = World()
    account = world.bot()
    fatma, gone, stranger = world.person(), world.person(), world.person()
    fatma.start()
    gone.start()
    async with connected(world, client) as channel:
        gone.block()
        assert isinstance(await channel.send(to(gone.id)), Gone)
        assert isinstance(await channel.send(to(gone.id, edit=3)), Gone)
        assert isinstance(await channel.send(to(stranger.id)), Gone)
        long = ((Button("x", "é" * 33),),)
        refused = await channel.send(to(fatma.id, "geheim", buttons=long))
        assert isinstance(refused, Refused)
        assert "button_data_invalid" in refused.reason.lower()
        assert "geheim" not in refused.reason
        assert isinstance(await channel.send(to(fatma.id, "x" * 4097)), Refused)
        account.faults.flood(fatma.id, retry_after=7, calls=1)
        flooded = await channel.send(to(fatma.id))
        assert isinstance(flooded, TryLater)
        assert flooded.seconds == 7
        account.faults.fail(code=502)
        broken = await channel.send(to(fatma.id))
        assert isinstance(broken, TryLater)
        assert broken.seconds is None
        account.faults.cut(methods=["sendMessage"])
        assert isinstance(await channel.send(to(fatma.id)), TryLater)
        assert isinstance(await channel.send(to(fatma.id)), Sent)


async def test_a_group_that_became_a_supergroup_is_followed() -> None:
    world = World()
    world.bot()
    world.upgrade(world.group(-5, "Flat"), -100)
    async with connected(world) as channel:
        assert isinstance(await channel.send(to(-5, "hallo")), Sent)
    assert world.bot().chats[-100].last["text"] == "hallo"


@CLIENTS
async def test_a_tap_is_answered_once_and_a_late_or_second_answer_harms_nobody(client: str) -> None:
    world = World()
    account = world.bot()
    fatma = world.person()
    fatma.start()
    async with connected(world, client) as channel:
        sent = await channel.send(to(fatma.id, buttons=CARD))
        assert isinstance(sent, Sent)
        assert sent.message_id is not None
        query = fatma.tap(sent.message_id, "Ja")
        assert await channel.answer(query, "Gedaan") is True
        assert [toast.text for toast in fatma.chat().toasts] == ["Gedaan"]
        assert await channel.answer(query) is False
        account.faults.fail(code=502, methods=["answerCallbackQuery"])
        assert await channel.answer(fatma.tap(sent.message_id, "Nee")) is True
        account.faults.fail(2, code=502, methods=["answerCallbackQuery"])
        assert await channel.answer(fatma.tap(sent.message_id, "Nee")) is False


@CLIENTS
async def test_updates_come_in_and_the_next_offset_confirms_them(client: str) -> None:
    world = World()
    account = world.bot()
    fatma = world.person()
    async with connected(world, client) as channel:
        waiting = asyncio.create_task(channel.updates(None, 20))
        fatma.start("abc")
        (update,) = await waiting
        assert update["message"]["text"] == "/start abc"
        assert await channel.updates(None, 0) == [update]
        assert await channel.updates(update["update_id"] + 1, 0) == []
        assert not account.queue


@CLIENTS
async def test_trouble_with_polling_is_told_apart(client: str) -> None:
    world = World()
    account = world.bot()
    async with connected(world, client) as channel:
        account.faults.fail(code=504)
        with pytest.raises(ChannelDown):
            await channel.updates(None, 0)
        second = Telegram(TOKEN, channel._bot.base_url.partition("/bot")[0], client)
        await second.open()
        answers = await asyncio.gather(channel.updates(None, 1), second.updates(None, 1), return_exceptions=True)
        assert [type(one) for one in answers].count(AnotherPoller) == 1
        await second.close()
    async with connected(World(), client, "123456:another-token-that-nobody-knows") as channel:
        with pytest.raises(TokenRefused):
            await channel.updates(None, 0)
        with pytest.raises(TokenRefused):
            await channel.me()


@CLIENTS
@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 429, 502])
async def test_a_page_instead_of_json_is_no_refusal_by_telegram(client: str, code: int) -> None:
    world = World()
    faults = world.bot().faults
    fatma = world.person()
    fatma.start()
    async with connected(world, client) as channel:
        faults.fail(3, code=code, page=True, methods=["getMe", "getUpdates", "sendMessage"])
        with pytest.raises(ChannelDown):
            await channel.me()
        with pytest.raises(ChannelDown):
            await channel.updates(None, 0)
        outcome = await channel.send(to(fatma.id))
        assert isinstance(outcome, TryLater)
        assert isinstance(await channel.send(to(fatma.id)), Sent)


@CLIENTS
async def test_nobody_at_the_other_end_is_trouble_that_may_pass(client: str) -> None:
    channel = Telegram(TOKEN, "http://127.0.0.1:9", client)
    await channel.open()
    try:
        outcome = await channel.send(to(1001))
        assert isinstance(outcome, TryLater)
        assert TOKEN not in outcome.reason
        with pytest.raises(ChannelDown) as down:
            await channel.updates(None, 0)
        assert TOKEN not in repr(down.value)
        assert down.value.__cause__ is None
    finally:
        await channel.close()


@CLIENTS
async def test_a_cancelled_poll_loses_nothing_and_the_channel_goes_on(client: str) -> None:
    world = World()
    world.bot()
    fatma = world.person()
    async with connected(world, client) as channel:
        poll = asyncio.create_task(channel.updates(None, 20))
        assert (await channel.me())["username"] == "koppelkans_bot"
        poll.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll
        fatma.start()
        assert len(await channel.updates(None, 0)) == 1


async def test_the_profile_is_published_in_two_letter_languages() -> None:
    world = World()
    account = world.bot()
    commands = (("start", "Begin"), ("stop", "Stop"))
    profiles = [Profile(code, "Koppelkans", "Kort", "Lang", commands) for code in ("", "ar", "prs")]
    async with connected(world) as channel:
        assert await channel.publish(profiles) == ["", "ar"]
    assert {language for _, language in account.commands} | {language for _, language in account.profile} == {"", "ar"}


async def test_the_channel_works_in_one_process_without_a_socket() -> None:
    world = World()
    world.bot()
    fatma = world.person()
    fatma.start()
    channel = Telegram(TOKEN, "http://testserver", transport=httpx.ASGITransport(standin_app(world)))
    await channel.open()
    assert isinstance(await channel.send(to(fatma.id)), Sent)
    await channel.close()


@CLIENTS
async def test_neither_the_token_nor_a_text_reaches_a_log_or_a_warning(
    client: str, caplog: pytest.LogCaptureFixture
) -> None:
    from bot.runtime.logs import write_logs

    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    write_logs("DEBUG")
    root.addHandler(caplog.handler)
    try:
        world = World()
        world.bot()
        fatma = world.person()
        fatma.start()
        with warnings.catch_warnings(record=True) as warned:
            async with connected(world, client) as channel:
                await channel.send(to(fatma.id, "geheim"))
                world.bot().faults.flood(fatma.id, calls=1)
                await channel.send(to(fatma.id, "geheim"))
                await channel.updates(None, 0)
        assert [str(one.message) for one in warned] == []
        assert TOKEN not in caplog.text
        assert "geheim" not in caplog.text
    finally:
        root.handlers[:] = kept
        root.setLevel(level)


def test_an_unknown_client_is_refused() -> None:
    with pytest.raises(ValueError, match="curl"):
        Telegram(TOKEN, client="curl")


@pytest.mark.parametrize("address", ["mail:ans@example.org", "telegram:", "telegram:x", "1001", "telegram:1e3"])
async def test_an_address_of_another_channel_is_refused_without_a_call(address: str) -> None:
    async with connected(World()) as channel:
        assert await channel.send(Outgoing(1, address, "Dag")) == Refused("not an address on Telegram")
