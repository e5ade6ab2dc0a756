"""Carries out what is tapped and typed in the register of koppelkansen.

Guards two rules: whoever may not act for an organisation does nothing in its name, and a button that was drawn for an
older version shows how it stands now. No lead is ever read here.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.loaded import Content
from bot.messages.card import Card
from bot.messages.taps.members import RegisterTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.register import moves, notices, support, words
from bot.register.parties import can_answer, keeps, own, present
from bot.screens.register.cards import Cards, waits_for
from db.people import members
from db.people.members import Member
from db.records.register import opportunities
from db.records.register.opportunities import NO, YES, Opportunity
from flows.model.effects import Relay
from flows.model.names import NAME_OPPORTUNITY, RESULT_LINE

OF_ITS_OWNER = ("where", "party", "review", "weeks", "done", "stop", "result", "line")
"""The acts of who keeps a koppelkans going; their buttons carry its version."""


class Register:
    """The register for members of partners, wijkverbinders and coordinators."""

    def __init__(self, content: Content) -> None:
        self.content, self.cards = content, Cards(content)

    def hears(self, turn: Turn, memberships: Sequence[Member], tap: RegisterTap) -> Outcome:
        """Carry out one tap of a sender with these memberships."""
        organisations = own(self.content, memberships)
        if not organisations:
            turn.say(turn.me, Card(self.content.words.phrase("nl", "desk.no_member"), replaces="no_member"))
            return NOTHING
        card = self.with_one(turn, organisations, tap) if tap.token else self.without(turn, organisations, tap)
        if card is not None:
            turn.say(turn.me, card, edit=turn.incoming.message)
        return NOTHING

    def without(self, turn: Turn, organisations: Sequence[str], tap: RegisterTap) -> Card | None:
        """Carry out what is about no koppelkans in particular."""
        offset = int(tap.value) if tap.value.isdecimal() else 0
        match tap.act:
            case "closed":
                return self.cards.closed(turn, offset)
            case "new":
                return self.cards.titles()
            case "make" if f"register.title_{tap.value}" in self.content.words.phrases:
                return self.cards.one(turn, organisations, moves.name(turn, organisations[0], tap.value))
            case "own":
                words.begin(self.content, turn, NAME_OPPORTUNITY)
                return None
            case _:
                return self.cards.list(turn, organisations, offset)

    def with_one(self, turn: Turn, organisations: Sequence[str], tap: RegisterTap) -> Card | None:
        """Carry out what is about one koppelkans; of one that is not theirs to see they see nothing."""
        if tap.act == "help":
            helped = support.help_with(self.content, turn, tap.token, organisations)
            return helped or self.cards.list(turn, organisations, 0)
        one = opportunities.by_token(turn.tx, turn.wijk.id, tap.token)
        if one is None or not waits_for(one, organisations):
            return self.cards.list(turn, organisations, 0)
        if tap.act in (YES, NO):
            return self.answers(turn, organisations, one, tap)
        if tap.act == "ask":
            return self.asks_for(turn, organisations, one, tap.value)
        if tap.act not in OF_ITS_OWNER or not keeps(one, organisations):
            return self.cards.one(turn, organisations, one)
        if tap.version != one.version or (one.closed_at is not None) != (tap.act == "line") or one.status == "asked":
            return self.cards.one(turn, organisations, one, notices.phrase(self.content, "changed"))
        return self.owner(turn, organisations, one, tap)

    def answers(self, turn: Turn, organisations: Sequence[str], one: Opportunity, tap: RegisterTap) -> Card:
        """Answer for the organisation that the button names, or for the first that may.

        Nobody takes back a yes by an old button, and a tap that comes twice answers for no second organisation.
        """
        may = can_answer(one, organisations, tap.act)
        speaks = tap.value if tap.value in may else next(iter(may), "") if not tap.value else ""
        changed = moves.answer(self.content, turn, one, speaks, tap.act) if speaks else None
        if changed is None:
            return self.cards.one(turn, organisations, one)
        if changed.closed_at is not None or tap.act == NO:
            return Card(notices.phrase(self.content, "not_now"), (self.cards.back(),), replaces="register")
        note = "noted" if changed.status != "asked" else "waits"
        return self.cards.one(turn, organisations, changed, notices.phrase(self.content, note))

    def asks_for(self, turn: Turn, organisations: Sequence[str], one: Opportunity, what: str) -> Card:
        """Ask everybody for something, or first ask for what."""
        by = support.asker(one, organisations)
        if not by:
            return self.cards.one(turn, organisations, one)
        if what not in support.things(self.content):
            return self.cards.wishes(turn, one)
        asked = support.ask(self.content, turn, one, by, what)
        note = notices.phrase(self.content, "asked_all" if asked else "asked_before")
        return self.cards.one(turn, organisations, one, note)

    def owner(self, turn: Turn, organisations: Sequence[str], one: Opportunity, tap: RegisterTap) -> Card | None:
        """Carry out an act of who keeps it going, for the version that it has now."""
        changed: Opportunity | None = None
        match tap.act, tap.value:
            case "where", place if place in moves.PLACES and one.named_in is None:
                changed = opportunities.change(turn.tx, turn.wijk.id, one, named_in=place)
            case "party", value if value in present(turn):
                changed = moves.invite(self.content, turn, one, value)
            case "party", value:
                return self.cards.whom(turn, one, int(value) if value.isdecimal() else 0)
            case "review", mood if mood in notices.MOODS:
                changed = moves.reviewed(turn, one, mood)
                return self.cards.again(turn, organisations, changed or one)
            case "weeks", weeks if weeks in map(str, moves.WEEKS):
                changed = moves.look_again(turn, one, int(weeks))
            case "done", _:
                return self.cards.results(turn, one)
            case "stop", _:
                return self.cards.sure(turn, one)
            case "result", result if result in (*moves.RESULTS, moves.STOPPED):
                changed = moves.close(self.content, turn, one, result)
            case "line", _:
                words.begin(self.content, turn, RESULT_LINE, one.id)
                return None
        note = "noted" if changed is not None else "changed"
        return self.cards.one(turn, organisations, changed or one, notices.phrase(self.content, note))

    def typed(self, turn: Turn, effect: Relay) -> Outcome:
        """Keep what a member typed here, and show the koppelkans: it is the answer, and asks what comes next."""
        one = words.keep(self.content, turn, effect)
        if one is not None:
            here = own(self.content, members.of(turn.tx, turn.wijk.id, turn.sender))
            turn.say(turn.me, self.cards.one(turn, here, one, notices.phrase(self.content, "noted")))
        return Outcome(answered=True)
