"""What members see cannot be forwarded or saved: held on every request of all conversations, at the stand-in.

Telegram takes that mark with a new message only. So a message that becomes a lead by an edit must have it already.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.demo.simulator import Simulator
from bot.demo.standin.world.files import Upload
from bot.demo.standin.world.world import World
from bot.leads.visits.ics import NAME as CALENDAR
from bot.messages.links import INVITATION
from bot.messages.message import DANGER, Button, Outgoing, from_row, to_row
from bot.messages.taps.buttons import decode
from bot.messages.taps.members import DashboardTap, InboxTap, LeadTap
from bot.runtime.channel import Sent
from db.people import members
from db.store import Store
from tests import script, simulated
from tests.simulated import CONTENT, WIJK, Clock, go
from tests.unit.bot.runtime.line import connected

TRANSCRIPTS = sorted((Path(__file__).parents[3] / "conversations").glob("*.txt"))


@dataclass(frozen=True, slots=True)
class Gone:
    """A message that went out; `made` is the id that the simulator gave it, and `works` is True for a member."""

    message: Outgoing
    made: int | None
    works: bool

    @property
    def about(self) -> bool:
        """Whether it is of the desk: about a lead, or with a button that leads to one."""
        taps = [decode(each.data) for row in self.message.buttons for each in row]
        return self.message.lead is not None or any(isinstance(tap, LeadTap | InboxTap | DashboardTap) for tap in taps)


class Noting(Simulator):
    """A simulator that remembers all that went out, as it went."""

    gone: list[Gone]

    def deliver(self, messages: list[Outgoing]) -> None:
        self.gone = getattr(self, "gone", [])
        for message in messages:
            with self.store.read() as tx:
                works = bool(members.of(tx, WIJK, message.to))
            before = self._messages
            super().deliver([message])
            self.gone.append(Gone(message, self._messages if self._messages > before else None, works))


class Stage(script.Stage):
    simulator = Noting


def words(message: dict[str, Any]) -> str:
    return str(message.get("text") or message.get("caption"))


async def carried(gone: list[Gone]) -> tuple[list[tuple[Gone, dict[str, Any]]], int]:
    """Send these to the stand-in; return each with the message that stands there then, and the count of new ones."""
    world, ids, seen, count = World(), dict[int | None, int](), [], 0
    async with connected(world) as channel:
        shown = (each for each in gone if each.message.menu is None and not each.message.delete)
        for one in shown:  # a menu shows nothing in the chat, and a deletion takes away
            chat = int(one.message.reached_at.removeprefix("telegram:"))
            person = world.person(chat, "Iemand")
            if not person.chat().known:
                person.start()
            attachment = one.message.attachment
            if attachment is not None and attachment.file_id:  # a sound that somebody sent before
                known = world.bots[0].files.add(attachment.kind, Upload("", "", b"sound"))
                attachment = replace(attachment, file_id=known.id)
            edit = ids.get(one.message.edit)
            outcome = await channel.send(replace(one.message, edit=edit, attachment=attachment))
            assert isinstance(outcome, Sent)
            if outcome.message_id is not None:
                ids[one.made] = outcome.message_id
                count += 1
            seen.append((one, person.chat().messages[ids[one.made or one.message.edit]]))
    return seen, count


async def test_every_request_of_every_conversation_has_the_mark_where_a_member_reads(
    sqlite_template: Path, tmp_path: Path, open_stores: Callable[[str], Store]
) -> None:
    told, new = 0, 0
    for path in TRANSCRIPTS:
        written = script.read(path.read_text("utf-8"))
        copied = shutil.copy(sqlite_template, tmp_path / f"{path.stem}.db")
        stage = Stage(written, CONTENT, open_stores(f"sqlite:///{copied}"))
        for line in written.lines:
            if line.said:
                stage.act(line)
                stage.remember()
        assert isinstance(stage.sim, Noting)
        seen, count = await carried(stage.sim.gone)
        new += count
        for one, message in seen:
            marked = message.get("has_protected_content", False)
            wanders = f"{path.stem}: {words(message)!r} can wander"
            if not one.works:
                kept = f"{path.stem}: {words(message)!r} is the resident's to keep, but for a sound"
                # What a member got before they left keeps its mark.
                assert not marked or one.made is None or one.message.fleeting, kept
                assert marked or not one.message.fleeting
            elif one.about and one.message.priority != DANGER:
                told += 1
                assert marked, wanders
            elif one.message.text and one.message.priority != DANGER:
                taken = one.message.attachment is not None and one.message.attachment.name == CALENDAR
                assert marked or one.message.card or taken or INVITATION in words(message), wanders
    assert told > 60
    assert new > 250


@pytest.mark.both_stores
def test_a_member_gets_all_but_charts_invitations_and_danger_with_the_mark(store: Store) -> None:
    """The writing card too, which is about one resident; and what is sent anew when an edit fails."""
    sim = Noting(CONTENT, store, Clock())
    ria = simulated.member(sim, "coordinator", "telegram:2004", "Ria")
    fatma = simulated.resident(sim)
    ans = simulated.member(sim, "balans")
    simulated.handed_over(sim, fatma)
    go(sim, ans, "view", "accept", "write")
    for words in ("Zal ik bellen?", "dag", "/menu", "ik ruik gas", "/postvak"):
        sim.type(ans, words)
    go(sim, fatma, "reply")
    sim.type(fatma, "Ja, graag")
    sim.press(ria, None, "dashboard:invite.balans:0")
    marked = {one.message.text for one in sim.gone if one.message.protected}
    bare = [one.message for one in sim.gone if one.works and not one.message.protected]
    free = [each.text for each in bare if each.text and not each.card and each.priority != DANGER]
    assert [INVITATION in text for text in free] == [True]
    assert not any(one.message.protected for one in sim.gone if one.message.to == fatma.id)
    assert any("Ja, graag" in text for text in marked)
    writing = getattr(CONTENT.charts.steps["relay.to_resident"], "ask", "").strip().split("\n")[-1]
    assert any(writing in text for text in marked)
    assert not any(writing in each.text for each in bare)
    assert any(one.message.protected and one.message.edit for one in sim.gone)


def test_the_mark_and_what_is_copied_wait_with_a_message_in_the_outbox() -> None:
    buttons = ((Button("Kopieer nummer", copy="+31612345678"), Button("Dag", "a:b:1")),)
    message = Outgoing(1, "x", "Dag", buttons, protected=True)
    assert from_row(to_row(message)) == message
    assert [len(each) for each in to_row(message).payload["buttons"][0]] == [4, 3]


async def test_a_number_and_an_address_can_be_tapped_and_copied_from_the_card(store: Store) -> None:
    """In the text the number begins with +31, so that every phone makes it something to call."""
    sim = simulated.simulator(store)
    fatma, ans = simulated.resident(sim), simulated.member(sim, "balans")
    go(sim, fatma, *simulated.ALONE, "first", *simulated.TO_PHONE)
    sim.share(fatma, "+31612345678")
    go(sim, fatma, "handoff.consent:yes")
    go(sim, ans, "view")
    shown = ans.chat[max(ans.chat)]
    assert "Telefoon: +31612345678" in shown.text.replace("\u2068", "").replace("\u2069", "")
    assert shown.buttons[0] == (Button(CONTENT.words.phrase("nl", "desk.copy_phone"), copy="+31612345678"),)
    world = World()
    async with connected(world) as channel:
        person = world.person(2001, "Ans")
        person.start()
        await channel.send(Outgoing(1, "telegram:2001", shown.text, shown.buttons, protected=True))
        last = person.chat().last
        assert last["reply_markup"]["inline_keyboard"][0][0]["copy_text"] == {"text": "+31612345678"}
        with pytest.raises(LookupError, match="tells the bot nothing"):
            person.tap(last["message_id"], shown.buttons[0][0].text)
