"""One update or one tick, one transaction: here `flows` and `db` meet. It cannot await, so it cannot send.

Updates that arrived together share one transaction; when it fails, the caller hands them in one by one. The messages
that it returns stand in the outbox already: `deliver` sends them, now or after a crash.
"""

from __future__ import annotations

import gc
import secrets as dice
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from bot.content.loaded import Content
from bot.leads import handoff, reachability, relay, retention
from bot.leads.deadlines import working_days
from bot.leads.recipients import gathered
from bot.leads.wijk_now import WijkNow
from bot.messages.buttons import DashboardTap, InboxTap, LeadTap, ReplyTap
from bot.messages.card import Card
from bot.messages.links import INVITATION, PAYLOAD
from bot.messages.message import DANGER, Incoming, Outgoing
from bot.messages.posting import RESERVED, post
from bot.messages.ticks import ForgetWhatIsDue, Tick, Ticked
from bot.messages.turn import Turn
from bot.screens.partner.desk import Desk
from bot.screens.resident import my_data
from bot.screens.resident.cards import Cards
from bot.screens.resident.overlays import Overlays
from db.people import addresses, conversations
from db.people.conversations import Conversation
from db.queue import outbox, sequence, updates
from db.records import link_counts
from db.store import Store, Tx
from flows.model.effects import Effect, Enter, Erase, Overlay, Refer, Relay, Show, Withdraw
from flows.model.heard import Blocked, Command, Elsewhere, Heard
from flows.model.place import Place
from flows.walk.names import WELCOME


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class Handle:
    """Handles batches of updates for one wijk and one store. Call it from one thread at a time.

    `now` gives the time in UTC, `choose` picks each character of a lead's code.
    """

    def __init__(
        self,
        content: Content,
        store: Store,
        *,
        username: str = "",
        now: Callable[[], datetime] = clock,
        choose: Callable[[str], str] = dice.choice,
    ) -> None:
        self.content, self.store, self.now, self.choose = content, store, now, choose
        self.cards = Cards(content)
        self.overlays = Overlays(content)
        self.desk = Desk(content, username)
        self.wijk = WijkNow(content)

    def __call__(self, batch: Sequence[Incoming], also_write: Callable[[Tx], None] | None = None) -> list[Outgoing]:
        """All of these, or none: one transaction. Raises what the store raises; nothing is kept then.

        `also_write` writes in it what else is waiting, such as what came of deliveries.
        """
        now, name = self.now(), self.content.wijk.id
        once = list({(each.channel, each.id): each for each in batch}.values())  # also when it came twice
        with self.transaction() as tx:
            ids = sequence.draw(tx, name, RESERVED * max(1, len(once)))
            fresh: list[Incoming] = []
            for channel in dict.fromkeys(each.channel for each in once):
                new = updates.claim(tx, name, channel, [each.id for each in once if each.channel == channel], now)
                fresh += [each for each in once if each.channel == channel and each.id in new]
            if also_write is not None:
                also_write(tx)
            return self.together(tx, fresh, now, ids)

    def tick(self, tick: Tick) -> Ticked:
        """A turn without an update, in one transaction of its own; raises what the store raises."""
        now, name = self.now(), self.content.wijk.id
        with self.transaction() as tx:
            if isinstance(tick, ForgetWhatIsDue):
                return Ticked(done=retention.forget_what_is_due(tx, name, now))
            ids = sequence.draw(tx, name, RESERVED)
            before = conversations.lock(tx, name, tick.person)
            if before is None:  # a group, or a person who was forgotten
                outbox.drop_for(tx, name, tick.person)
                return Ticked()
            who, wijk = before.person, self.wijk(tx, now)
            turn = Turn(tx, tick, who, who, wijk, now, before, self.place_of(before))
            reachability.left(self.content, turn)
            self.wijk.forget()  # they may have been the last who read an inbox
            out = gathered(self.content, turn)
            return Ticked(post(tx, name, out, reachability.addresses_of(tx, name, out, {}, {who}), now, ids))

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """One writing transaction; when it fails, nothing of it is remembered here either."""
        try:
            with self.store.write() as tx:
                yield tx
        except Exception:
            self.wijk.forget()  # it may hold a switch that was rolled back
            raise

    def together(self, tx: Tx, fresh: Sequence[Incoming], now: datetime, ids: range) -> list[Outgoing]:
        """The turns of these updates, one after another; `ids` are for their messages."""
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
            turn = self.turn(tx, each, before, now)
            if turn.erased or turn.stopped:
                out = [one for one in out if turn.lets_stand(one)]
            out += gathered(self.content, turn)
            if turn.erased:
                here.pop(each.conversation, None)
                changed.discard(each.conversation)
            elif not isinstance(each.heard, Elsewhere):
                here[each.conversation] = turn.conversation
            if turn.erased or turn.conversation.blocked != before.blocked:
                self.wijk.forget()
            if not turn.erased and turn.conversation != replace(before, blocked=turn.conversation.blocked):
                changed.add(each.conversation)
        conversations.save(tx, name, [here[address] for address in sorted(changed)], now)
        blocked = {one.person for one in here.values() if one.blocked}
        return post(tx, name, out, reachability.addresses_of(tx, name, out, places, blocked), now, ids)

    def warm_up(self) -> None:
        """Do the slow first times (calendar data, compiled statements) before anybody comes, and freeze what was read.

        The collector would walk through it again and again, and stop everybody for a tenth of a second.
        """
        for language in self.content.wijk.languages:
            self.cards.of(Place(WELCOME, language=language), self.content.wijk, now=self.now())
            self.content.words.day(language, self.now().date())
        working_days(self.now(), 1)
        with self.store.read() as tx:
            self.wijk(tx, self.now())
        gc.collect()
        gc.freeze()

    def turn(self, tx: Tx, incoming: Incoming, conversation: Conversation, now: datetime) -> Turn:
        """What one update does; nothing is written here but leads, consents and the like."""
        place, heard = self.place_of(conversation), incoming.heard
        person = sender = conversation.person
        if incoming.sender != incoming.conversation:  # in a group, or in the name of somebody else
            sender = addresses.find(tx, self.content.wijk.id, incoming.sender) or ""
        turn = Turn(tx, incoming, sender, person, self.wijk(tx, now), now, conversation, place)
        if isinstance(heard, Elsewhere):
            turn.say(turn.me, Card(self.content.words.phrase(turn.language, "overlays.group")))
            return turn
        if isinstance(heard, Blocked) and heard.blocked:
            reachability.left(self.content, turn)
            return turn
        if reachability.returned(self.content, turn) and turn.place is not None:
            my_data.show_help_again(self.content, turn, turn.place)
        if isinstance(heard, Blocked):
            return turn
        match heard:
            case Command(name="postvak"):
                heard = InboxTap()
            case Command(name="coordinator"):
                heard = DashboardTap()
        match heard:
            case LeadTap() | InboxTap() | DashboardTap():
                if self.desk.hears(turn, heard):
                    self.wijk.forget()
            case ReplyTap():
                relay.reply(self.content, turn, heard)
            case _:
                self.walk(turn, place, heard)
                return turn
        if turn.place is not place and turn.place is not None:
            self.keep(turn)
            turn.show(self.card(turn, turn.place), fresh=True)
        return turn

    def walk(self, turn: Turn, place: Place | None, heard: Heard) -> None:
        """What a resident said at this place, and what comes of it."""
        incoming = turn.incoming
        name = incoming.name.strip()
        stepped = self.content.walk.step(place, heard, turn.wijk, name)
        turn.place = stepped.place
        if place and place.step != stepped.place.step and self.cards.asks_number(place):
            turn.drop_keyboard(self.content.words.phrase(turn.language, "notices.keyboard_away"))
        for effect in stepped.effects:
            self.do(turn, effect)
        if not turn.erased:
            self.keep(turn)

    def place_of(self, conversation: Conversation) -> Place | None:
        """Where somebody stands. Whose answers were forgotten after a while begins anew, in their own language."""
        if conversation.place:
            return self.content.walk.renames.place(Place.from_dict(conversation.place))
        if conversation.language:
            return Place(WELCOME, language=conversation.language, revision=conversation.turn + 1)
        return None

    def keep(self, turn: Turn) -> None:
        """Put the place back into the conversation."""
        if turn.place is not None:
            turn.conversation = replace(
                turn.conversation,
                place=turn.place.to_dict(),
                step=turn.place.step,
                turn=turn.place.revision,
                language=turn.place.language or "",
            )

    def do(self, turn: Turn, effect: Effect) -> None:
        """Carry out one effect."""
        place = turn.place
        if place is None:
            return
        match effect:
            case Show() if turn.welcomed:
                pass
            case Show():
                turn.show(self.card(turn, place, effect.note), fresh=effect.fresh)
                if place.language and self.cards.asks_number(place):
                    words = self.content.words
                    hint, button = (words.phrase(place.language, f"nav.{key}") for key in ("share_hint", "share_phone"))
                    turn.ask_contact(hint, button)
            case Overlay():
                self.overlay(turn, place, effect)
            case Refer():
                handoff.refer(self.content, turn, effect.trail, self.choose)
            case Relay():
                relay.send(self.content, turn, effect)
            case Withdraw():
                handoff.withdraw(self.content, turn, effect.lead)
            case Erase():
                my_data.erase_everything(self.content, turn)
            case Enter():
                self.enter(turn, effect.code)

    def card(self, turn: Turn, place: Place, note: str = "") -> Card:
        """The card of the place; the list of languages while none is chosen."""
        if place.language is None:
            return self.cards.languages(place, turn.wijk, turn.incoming.language[:2])
        receipts = handoff.receipts(self.content, turn) if place.step == handoff.DONE else ""
        name, now = turn.incoming.name.strip(), turn.now
        return self.cards.of(place, turn.wijk, name=name, note=note, receipts=receipts, now=now)

    def overlay(self, turn: Turn, place: Place, effect: Overlay) -> None:
        """Say something without moving. The languages and *waarom* take the card's place for a moment."""
        match effect.kind:
            case "language":
                turn.show(self.cards.languages(place, turn.wijk, place.language or turn.incoming.language[:2]))
            case "why":
                turn.show(self.overlays.why(place, turn.wijk))
            case "stop_help":
                my_data.ask_to_stop(self.content, turn, place, effect.argument)
            case "data":
                my_data.show_everything(self.content, turn, place)
            case "help":
                turn.say(turn.me, my_data.help_card(self.content, turn, place))
            case "danger":
                turn.say(turn.me, self.overlays.danger(effect.argument, place, turn.language), priority=DANGER)
            case _:
                turn.say(turn.me, self.overlays.of(effect, place, turn.wijk, turn.language, turn.incoming.name.strip()))

    def enter(self, turn: Turn, code: str) -> None:
        """Somebody came in through a link: an invitation makes them a member, anything else is counted."""
        if code.startswith(INVITATION):
            self.desk.join(turn, code.removeprefix(INVITATION))
            self.wijk.forget()
        elif PAYLOAD.fullmatch(code):
            link_counts.add(turn.tx, turn.wijk.id, code, turn.now.date())

    def apology(self, tx: Tx, incoming: Incoming) -> list[Outgoing]:
        """What somebody gets whose update could not be handled; it never touches what they said before."""
        wijk = self.content.wijk
        known = conversations.load(tx, wijk.id, [incoming.conversation], self.now())[incoming.conversation]
        language, place = known.language or wijk.language(incoming.language), wijk.places[wijk.walk_in].name
        text = self.content.words.phrase(language, "notices.went_wrong", place=place)
        return [Outgoing(0, known.person, text, address=incoming.conversation)]
