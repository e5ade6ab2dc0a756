"""One update or one tick, one transaction: here `flows` and `db` meet. It cannot await, so it cannot send.

Updates that arrived together share one transaction; when it fails, the caller hands them in one by one. The messages
that it returns are in the outbox already: delivery sends them, now or after a crash.
"""

from __future__ import annotations

import gc
import secrets as dice
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime

from bot.content.loaded import Content
from bot.leads import notices
from bot.leads.clocks import look, retention
from bot.leads.deadlines import working_days
from bot.leads.members import availability, departure, presence, reachability
from bot.leads.members.wijk_now import WijkNow
from bot.leads.recipients import gathered, gone_for
from bot.leads.status import for_resident
from bot.messages.albums import once_per_album
from bot.messages.card import Card
from bot.messages.message import DANGER, INTERACTIVE, Incoming, Outgoing
from bot.messages.posting import RESERVED, post
from bot.messages.ticks import Cleared, ForgetWhatIsDue, LookAtLeads, OpenAgain, RemoveMember, TakenBack, Tick, Ticked
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.resident.door import neutral_line, noted, taken_away
from bot.screens.resident.outage_notice import OutageNotices
from bot.screens.resident.steps import Steps
from bot.screens.switchboard import Switchboard
from db import wiping
from db.people import addresses, conversations
from db.people.conversations import Conversation
from db.queue import outbox, sequence, updates
from db.records import link_counts
from db.store import Store, Tx
from flows.model.heard import Blocked, Elsewhere
from flows.model.names import WELCOME
from flows.model.place import Place


def clock() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


class Handle:
    """Handles updates for one wijk and one store, in one thread at a time; `choose` picks a character of a code."""

    def __init__(
        self,
        content: Content,
        store: Store,
        *,
        username: str = "",
        now: Callable[[], datetime] = clock,
        choose: Callable[[str], str] = dice.choice,
    ) -> None:
        self.content, self.store, self.now = content, store, now
        self.steps = Steps(content, choose)
        self.switchboard = Switchboard(content, self.steps, username=username, choose=choose)
        self.notices = OutageNotices(content)
        self.wijk, self.erased = WijkNow(content), False

    def __call__(self, batch: Sequence[Incoming], also_write: Callable[[Tx], None] | None = None) -> list[Outgoing]:
        """Handle all of these updates in one transaction, or none; return the messages that they lead to.

        Raises what the store raises; then nothing is kept. `also_write` writes what else is waiting, such as the
        results of deliveries, in the same transaction.
        """
        now, name = self.now(), self.content.wijk.id
        once = list({(each.channel, each.id): each for each in batch}.values())  # each once, even when it came twice
        with self.transaction() as tx:
            ids = sequence.draw(tx, name, RESERVED * max(1, len(once)))
            fresh: list[Incoming] = []
            for channel in dict.fromkeys(each.channel for each in once):
                new = updates.claim(tx, name, channel, [each.id for each in once if each.channel == channel], now)
                came = [each for each in once if each.channel == channel and each.id in new]
                fresh += once_per_album(tx, name, channel, came, now)
            if also_write is not None:
                also_write(tx)
            return self.together(tx, fresh, now, ids)

    def tick(self, tick: Tick, within: Tx | None = None) -> Ticked:
        """Take a turn without an update, in a transaction of its own or `within` one. Raises what the store raises."""
        now, name = self.now(), self.content.wijk.id
        with self.transaction() if within is None else nullcontext(within) as tx:
            if isinstance(tick, ForgetWhatIsDue):
                ids = sequence.draw(tx, name, RESERVED)
                done, out = retention.forget_what_is_due(self.content, tx, name, now)
                if links := link_counts.forget_unknown(tx, name, self.content.wijk.links, retention.SLICE):
                    done = {**done, "links": links}
                self.erased |= not any(done.values())  # at the last slice; also what a crash left unwiped
                return Ticked(reachability.post_to_all(tx, name, out, now, ids), done)
            if isinstance(tick, OpenAgain | LookAtLeads):
                ids = sequence.draw(tx, name, RESERVED)
                act = look.look if isinstance(tick, LookAtLeads) else availability.open_again
                done, out = act(self.content, tx, self.wijk(tx, now), now, self.steps.choose)
                return Ticked(reachability.post_to_all(tx, name, out, now, ids), done)
            if isinstance(tick, TakenBack | Cleared):
                out, ids = taken_away(self.content, tx, name, tick, now), sequence.draw(tx, name, 0)
                return Ticked(reachability.post_to_all(tx, name, out, now, ids))
            ids = sequence.draw(tx, name, RESERVED)
            before = conversations.lock(tx, name, tick.person)
            if before is None:  # a group, or a person who was forgotten
                outbox.drop_for(tx, name, tick.person)
                return Ticked()
            who, wijk = before.person, self.wijk(tx, now)
            place, choose = self.steps.place_of(before), self.steps.choose
            turn = Turn(tx, tick, who, who, wijk, self.content.words, now, before, place, choose=choose)
            if isinstance(tick, RemoveMember):
                outcome = departure.removed(self.content, turn, tick.handle)
            else:
                outcome = presence.left(self.content, turn)
            self.noted(turn, before, outcome)
            told = {"departed": int(outcome is not NOTHING)}
            out = notices.discreet(self.content, tx, gathered(self.content, turn), turn.me, now)
            return Ticked(reachability.post_to_all(tx, name, out, now, ids), told)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Open one writing transaction; when it fails, forget the wijk that may have been read in it.

        After an erasure nothing may be left in the store's log; while a reader holds on to it, the next one tries.
        """
        try:
            with self.store.write() as tx:
                yield tx
        except Exception:
            self.wijk.forget()  # it may hold a switch that was rolled back
            raise
        if self.erased:
            self.erased = not wiping.wipe(self.store)

    def together(self, tx: Tx, fresh: Sequence[Incoming], now: datetime, ids: range) -> list[Outgoing]:
        """Take the turns of these updates, one after another; `ids` are for their messages."""
        name = self.content.wijk.id
        private = [each.conversation for each in fresh if not isinstance(each.heard, Elsewhere)]
        here = conversations.load(tx, name, private, now)
        places = {one.person: address for address, one in here.items()}
        out: list[Outgoing] = []
        changed: set[str] = set()
        for each in fresh:
            if isinstance(each.heard, Elsewhere):  # a group, of which nothing is kept
                before = Conversation(each.conversation)
            elif each.conversation in here:
                before = here[each.conversation]
            else:  # erased a moment ago in this batch, and back as somebody new
                before = conversations.load(tx, name, [each.conversation], now)[each.conversation]
                places[before.person] = each.conversation
            turn = self.begin(tx, each, before, now)
            outcome = self.noted(turn, before, self.switchboard.take(turn))
            out = [one for one in out if outcome.lets_stand(one, turn.me)] if outcome is not NOTHING else out
            if turn.left:
                out = [
                    one
                    for one in out
                    if one.lead not in turn.left or gone_for(self.content, tx, name, one.to, one.lead) is None
                ]
            out += notices.discreet(self.content, tx, gathered(self.content, turn), turn.me, now)
            if outcome.forgotten:
                here.pop(each.conversation, None)
                changed.discard(each.conversation)
            elif not isinstance(each.heard, Elsewhere):
                here[each.conversation] = turn.conversation
                if _differ(before, turn.conversation):
                    changed.add(each.conversation)
        conversations.save(tx, name, [here[address] for address in sorted(changed)], now)
        blocked = {one.person for one in here.values() if one.blocked}
        hidden = noted(tx, name, fresh, here, now)
        return post(tx, name, out, reachability.addresses_of(tx, name, out, places, blocked), now, ids, hidden)

    def warm_up(self) -> None:
        """Do what is slow the first time (calendar data, compiled statements) before anybody comes, and freeze it.

        Otherwise the garbage collector would walk through it again and again, and stop everybody for a tenth of a
        second.
        """
        for language in self.content.wijk.languages:
            self.steps.cards.of(Place(WELCOME, language=language), self.content.wijk, now=self.now())
            self.content.words.day(language, self.now().date())
        working_days(self.now(), 1)
        with self.store.read() as tx:
            self.wijk(tx, self.now())
        gc.collect()
        gc.freeze()

    def begin(self, tx: Tx, incoming: Incoming, conversation: Conversation, now: datetime) -> Turn:
        """Return the turn of this update, with nothing said or done in it yet."""
        person = sender = conversation.person
        if incoming.sender != incoming.conversation:  # in a group, or in the name of somebody else
            sender = addresses.find(tx, self.content.wijk.id, incoming.sender) or ""
        place = self.steps.place_of(conversation)
        wijk = for_resident(tx, self.wijk(tx, now), person)
        return Turn(
            tx, incoming, sender, person, wijk, self.content.words, now, conversation, place, choose=self.steps.choose
        )

    def noted(self, turn: Turn, before: Conversation, outcome: Outcome) -> Outcome:
        """Return the outcome; read the wijk anew next time when it changed or a person began or ceased to read."""
        self.erased = self.erased or outcome.forgotten or bool(outcome.withdrawn)
        if outcome.wijk_changed or outcome.forgotten or turn.conversation.blocked != before.blocked:
            self.wijk.forget()
        return outcome

    def apology(self, tx: Tx, incoming: Incoming) -> list[Outgoing]:
        """Return the message to a person whose update could not be handled; what they said before stays untouched."""
        wijk = self.content.wijk
        if isinstance(incoming.heard, Elsewhere | Blocked):
            return []
        known = conversations.load(tx, wijk.id, [incoming.conversation], self.now())[incoming.conversation]
        noted(tx, wijk.id, [incoming], {incoming.conversation: known}, self.now())
        language, words = known.language or wijk.language(incoming.language), self.content.words
        if notice := self.notices.danger(incoming, language):
            card = self.steps.overlays.danger(notice.danger, Place(WELCOME, language=language), language)
        else:
            text = words.phrase(language, "notices.went_wrong", place=wijk.places[wijk.walk_in].name)
            card = neutral_line(words, language) if known.hidden_at else Card(text, replaces="went_wrong")
        priority = DANGER if notice else INTERACTIVE
        return [card.message(known.person, words, language, priority=priority, address=incoming.conversation)]


def _differ(before: Conversation, after: Conversation) -> bool:
    """Return whether more has changed than that the person blocked the bot, which is written by itself."""
    same = before if before.blocked == after.blocked else replace(before, blocked=after.blocked)
    return after != same
