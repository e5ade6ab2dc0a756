"""Messages that carry a file, over real sockets: they arrive whole, once, and nobody loses the words."""

from __future__ import annotations

from typing import Any

import pytest

from bot.demo.phones.person import Person
from bot.demo.standin.world.files import Upload, sample_picture
from bot.demo.standin.world.world import World
from bot.messages.attachment import AUDIO, DOCUMENT, MOST_BYTES, PHOTO, VOICE, Attachment
from bot.messages.message import Button, Outgoing, from_dict, to_dict
from bot.runtime.channel import Gone, Refused, Sent, TryLater
from bot.runtime.delivery.deliverer import Deliverer
from bot.runtime.delivery.routing import Routing
from bot.runtime.telegram.files import CAPTION_UNITS, TEXT_UNITS, parts
from bot.runtime.writer import Writer
from db.store import Store
from tests.unit.bot.runtime.line import UNLIMITED, WIJK, connected, nobody, put, waiting

PICTURE = Attachment(PHOTO, "plan.png", sample_picture(8, 8))
PAPER = Attachment(DOCUMENT, "cijfers november.pdf", b"%PDF-1.7 \x00\xff")
SPOKEN = Attachment(VOICE, "uitleg.ogg", b"OggS\x00\x02")
ROW = ((Button("Goed", "toy.ask:yes:1"),),)


@pytest.fixture
def world() -> World:
    world = World()
    world.bot()
    return world


@pytest.fixture
def fatma(world: World) -> Person:
    fatma = world.person()
    fatma.start()
    return fatma


def to(person: Person, attachment: Attachment, text: str = "Dag", **more: Any) -> Outgoing:
    return Outgoing(1, f"telegram:{person.id}", text, attachment=attachment, **more)


def said(person: Person) -> list[dict[str, Any]]:
    """What the bot sent in that chat."""
    return [one for one in person.chat().shown if one["from"]["is_bot"]]


@pytest.mark.parametrize("client", ["httptools", "httpx"])
@pytest.mark.parametrize("attachment", [PICTURE, PAPER, SPOKEN])
async def test_a_file_arrives_byte_for_byte_with_its_words_and_buttons(
    world: World, fatma: Person, client: str, attachment: Attachment
) -> None:
    async with connected(world, client) as channel:
        sent = await channel.send(to(fatma, attachment, "Kijk <&_*", buttons=ROW))
    (message,) = said(fatma)
    assert sent == Sent(message["message_id"])
    assert message["caption"] == "Kijk <&_*"
    assert fatma.chat().labels() == [["Goed"]]
    shown = message[attachment.kind]
    kept = world.bot().files.get((shown[-1] if attachment.kind == PHOTO else shown)["file_id"])
    assert kept is not None
    assert kept.data == attachment.content
    assert kept.name == attachment.name


async def test_a_file_that_the_channel_knows_goes_by_its_id(world: World, fatma: Person) -> None:
    async with connected(world) as channel:
        await channel.send(to(fatma, PAPER, ""))
        known = said(fatma)[0]["document"]["file_id"]
        await channel.send(to(fatma, Attachment(DOCUMENT, "", file_id=known), ""))
    assert [one["document"]["file_id"] for one in said(fatma)] == [known, known]
    assert "caption" not in said(fatma)[0]


async def test_what_is_too_long_for_a_caption_follows_and_has_the_buttons(world: World, fatma: Person) -> None:
    words = "Een zin met een 🙂 erin. " * 300
    async with connected(world) as channel:
        sent = await channel.send(to(fatma, PICTURE, words, buttons=ROW))
    first, *rest = said(fatma)
    assert len(rest) == 2
    assert sent == Sent(rest[-1]["message_id"])
    assert " ".join([first["caption"], *(one["text"] for one in rest)]).split() == words.split()
    assert ["reply_markup" in one for one in (first, *rest)] == [False, False, True]


async def test_a_text_that_must_wait_does_not_bring_the_file_again(world: World, fatma: Person) -> None:
    message = to(fatma, PICTURE, "woord " * 300)
    async with connected(world) as channel:
        world.bot().faults.fail(1, code=502, methods=["sendMessage"])
        assert isinstance(await channel.send(message), TryLater)
        assert isinstance(await channel.send(message), Sent)
    assert ["photo" in one for one in said(fatma)] == [True, False]


async def test_a_file_is_a_reply_and_the_text_that_follows_it_is_not(world: World, fatma: Person) -> None:
    asked = fatma.say("Hoe ziet het eruit?")
    async with connected(world) as channel:
        assert isinstance(await channel.send(to(fatma, PICTURE, "woord " * 300, reply_to=asked)), Sent)
    replied = [one.get("reply_to_message", {}).get("message_id") for one in said(fatma)]
    assert replied == [asked, None]


async def test_who_takes_no_voice_messages_gets_it_as_sound_and_else_reads_the_words(
    world: World, fatma: Person
) -> None:
    fatma.voice_forbidden = True
    async with connected(world) as channel:
        await channel.send(to(fatma, SPOKEN, "Uitleg"))
        world.bot().faults.fail(1, code=400, methods=["sendAudio"])
        await channel.send(to(fatma, SPOKEN, "Uitleg", buttons=ROW))
        world.bot().faults.fail(1, code=400, methods=["sendAudio"])
        assert isinstance(await channel.send(to(fatma, SPOKEN, "")), Refused)
    heard, read = said(fatma)
    assert (heard["caption"], "audio" in heard) == ("Uitleg", True)
    assert read["text"] == "Uitleg"
    assert fatma.chat().labels() == [["Goed"]]


async def test_a_sound_that_telegram_has_goes_on_under_its_name_as_what_it_is(world: World, fatma: Person) -> None:
    files = world.bot().files
    async with connected(world) as channel:
        for kind in (VOICE, AUDIO):
            known = files.add(kind, Upload("", "", b"OggS"))
            sound = Attachment(kind, "", file_id=known.id)
            assert isinstance(await channel.send(to(fatma, sound, "KOP-4F7", fleeting=True, protected=True)), Sent)
            (heard,) = said(fatma)[-1:]
            assert (heard[kind]["file_id"], heard["has_protected_content"]) == (known.id, True)


async def test_a_file_that_is_refused_or_cannot_arrive_ends_as_every_message_does(world: World, fatma: Person) -> None:
    async with connected(world) as channel:
        refused = await channel.send(to(fatma, Attachment(PHOTO, "x.png", b"no picture")))
        assert isinstance(refused, Refused)
        assert refused.reason == "BadRequest: Image_process_failed"
        world.bot().faults.flood(fatma.id, retry_after=7)
        assert await channel.send(to(fatma, PAPER)) == TryLater(
            7.0, "RetryAfter: Flood control exceeded. Retry in 7 seconds"
        )
        fatma.block()
        assert isinstance(await channel.send(to(fatma, PAPER)), Gone)
    assert said(fatma) == []


async def test_a_file_waits_in_the_outbox_unreadable_and_arrives_after_a_restart(
    store: Store, world: World, fatma: Person
) -> None:
    writer = Writer()
    put(store, [to(fatma, PAPER, "De cijfers")])
    with store.read() as tx:
        (held,) = tx.exec_driver_sql("SELECT payload FROM outbox").scalars()
    assert b"PDF" not in bytes(held) if isinstance(held, bytes) else "PDF" not in str(held)
    async with connected(world) as channel:
        deliverer = Deliverer(store, WIJK, Routing({channel.name: channel}), writer, nobody, UNLIMITED)
        await deliverer.start()
        await deliverer.flush()
        await deliverer.close()
    writer.close()
    assert [one["document"]["file_name"] for one in said(fatma)] == ["cijfers november.pdf"]
    assert waiting(store) == 0


@pytest.mark.parametrize("attachment", [PICTURE, SPOKEN, Attachment(DOCUMENT, "", file_id="abc")])
def test_a_file_comes_out_of_the_outbox_as_it_went_in(attachment: Attachment) -> None:
    message = Outgoing(1, "telegram:1", "Dag", attachment=attachment)
    assert from_dict(1, "telegram:1", to_dict(message)) == message


def test_what_is_no_attachment_cannot_be_made() -> None:
    Attachment(DOCUMENT, "", b"x" * MOST_BYTES)
    for kind, content, file_id in (
        (DOCUMENT, b"x" * (MOST_BYTES + 1), ""),
        ("video", b"x", ""),
        (PHOTO, b"", ""),
        (PHOTO, b"x", "abc"),
    ):
        with pytest.raises(ValueError, match="attachment"):
            Attachment(kind, "", content, file_id)


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("", [0]),
        ("x" * CAPTION_UNITS, [1024]),
        ("x" * (CAPTION_UNITS + 1), [1024, 1]),
        ("🙂" * 512 + "x", [512, 1]),
        ("x" * 1000 + " " + "y" * 100, [1000, 100]),
        ("x" * 900 + "\n" + "y " * 100, [900, 200]),
        ("x" * (CAPTION_UNITS + TEXT_UNITS + 5), [1024, 4096, 5]),
    ],
)
def test_a_text_is_cut_where_it_must_and_nothing_of_it_is_lost(text: str, lengths: list[int]) -> None:
    caption, rest = parts(text)
    assert [len(each) for each in (caption, *rest)] == lengths
    assert "".join((caption, *rest)).replace(" ", "") == text.replace(" ", "").replace("\n", "")
