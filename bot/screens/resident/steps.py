"""A resident's step: what the walk says must happen is drawn and carried out, in the transaction of the turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.content.loaded import Content
from bot.leads import notices, relay
from bot.leads.consent import changing, handoff
from bot.leads.status import for_resident
from bot.leads.talk import own_words, sayings, unsent, voice
from bot.messages.card import Card
from bot.messages.message import DANGER
from bot.messages.taps.residents import SayTap, SendAnywayTap, SendTap
from bot.messages.turn import NOTHING, Outcome, Turn
from bot.screens.partner.acts import hands, noted
from bot.screens.register.screen import Register
from bot.screens.resident import my_data
from bot.screens.resident.cards import Cards
from bot.screens.resident.help import acts
from bot.screens.resident.help.cards import help_card
from bot.screens.resident.overlays import Overlays
from bot.screens.who.screen import WhoDoesWhat
from db.leads import leads
from db.people.conversations import Conversation
from flows.model.effects import Effect, Erase, Overlay, Refer, Relay, Show, Withdraw
from flows.model.heard import ChartTap, Heard, Voice
from flows.model.names import BEHIND, CHANGE, NOTICES, URGENT, WELCOME
from flows.model.place import Place

ANEW = SendAnywayTap | SendTap | SayTap
"""Taps that send what stands elsewhere; their button goes away."""


class Steps:
    """Takes residents from place to place. `choose` picks each character of a lead's code."""

    def __init__(self, content: Content, choose: Callable[[str], str]) -> None:
        self.content, self.choose = content, choose
        self.register, self.who = Register(content), WhoDoesWhat(content)
        self.cards, self.overlays = Cards(content), Overlays(content)

    def effects(self, turn: Turn, heard: Heard) -> tuple[Effect, ...]:
        """Move the place of this turn by what a resident said there; return the effects, to be done one by one."""
        before, name = turn.place, turn.incoming.name.strip()
        stepped = self.content.walk.step(before, heard, turn.wijk, name)
        said = heard.answer if isinstance(heard, ChartTap) and heard.step == NOTICES else ""
        if before and before.step == NOTICES != stepped.place.step and said in ("yes", "no"):
            notices.choose(turn, named=said == "yes")  # for the help that runs already, too
        turn.place = stepped.place
        if before and before.step != stepped.place.step and self.cards.asks_number(before):
            turn.drop_keyboard(self.content.words.phrase(turn.language, "notices.keyboard_away"))
        return stepped.effects

    def do(self, turn: Turn, effect: Effect) -> Outcome:
        """Carry out one effect."""
        place = turn.place
        if place is None:
            return NOTHING
        match effect:
            case Show():
                self.show(turn, place, effect)
            case Overlay():
                self.overlay(turn, place, effect)
            case Refer():
                handoff.refer(self.content, turn, effect.trail, self.choose)
                turn.wijk = for_resident(turn.tx, turn.wijk, turn.subject)  # what was agreed runs now
            case Relay(to="volunteer"):
                hands.name_typed(self.content, turn, effect)
            case Relay(to="note"):
                noted.keep(self.content, turn, effect)
            case Relay(to="call_for"):
                return self.who.typed(turn, effect)
            case Relay(to="register"):
                return self.register.typed(turn, effect)
            case Relay(to="change"):
                turn.place = replace(place, kept=effect.trail)
            case Relay():
                if relay.send(self.content, turn, effect) and isinstance(turn.incoming.heard, ANEW):
                    turn.retire()
            case Withdraw():
                if place.left and place.left.refused is not None:  # what the advice rested on goes with the help
                    turn.place = replace(place, left=None)
                return handoff.withdraw(self.content, turn, effect.lead)
            case Erase():
                return my_data.erase_everything(self.content, turn)
        return NOTHING

    def show(self, turn: Turn, place: Place, effect: Show) -> None:
        """Show the card of the place, and the button to share a number where it asks for one."""
        turn.show(self.card(turn, place, effect.note), fresh=effect.fresh)
        if place.language and self.cards.asks_number(place):
            words = self.content.words
            hint, button = (words.phrase(place.language, f"nav.{key}") for key in ("share_hint", "share_phone"))
            turn.ask_contact(hint, button)

    def card(self, turn: Turn, place: Place, note: str = "") -> Card:
        """Draw the card of the place; the list of languages while none is chosen."""
        if place.language is None:
            return self.cards.languages(place, turn.wijk, turn.incoming.language[:2])
        if place.step == CHANGE:
            card = changing.card(self.content, turn, place)
            said = self.content.words.phrase(turn.language, note) if note else ""
            return replace(card, text=f"{said}\n\n{card.text}") if said else card
        receipts = handoff.receipts(self.content, turn) if place.step == handoff.DONE else ""
        name, now = turn.incoming.name.strip(), turn.now
        to = relay.addressee(self.content, turn, place)
        card = self.cards.of(place, turn.wijk, name=name, note=note, receipts=receipts, to=to, now=now)
        ways = sayings.ways(self.content, turn, place)
        return replace(card, choices=(*ways, *card.choices)) if ways else card

    def overlay(self, turn: Turn, place: Place, effect: Overlay) -> None:
        """Say something without moving. The languages and *waarom* take the card's place for a moment."""
        match effect.kind:
            case "language":
                turn.show(self.cards.languages(place, turn.wijk, place.language or turn.incoming.language[:2]))
            case kind if kind in BEHIND:
                turn.show(self.overlays.behind(kind, place, turn.wijk, turn.now))
            case "stop_help":
                acts.stop(self.content, turn, place, effect.argument)
            case "data":
                my_data.show_everything(self.content, turn, place)
            case "typed":
                self.typed(turn, place, effect)
            case "media":
                self.media(turn, place, effect)
            case "voice":
                self.spoken(turn, place)
            case "help":
                turn.say(turn.me, help_card(self.content, turn, place))
            case "doors":
                turn.say(turn.me, self.overlays.doors(place, turn.wijk, turn.language, turn.now))
            case "danger":
                self.danger(turn, place, effect)
            case _:
                turn.say(turn.me, self.overlays.of(effect, place, turn.wijk, turn.language, turn.incoming.name.strip()))

    def typed(self, turn: Turn, place: Place, effect: Overlay) -> None:
        """Answer words beside the card: offer a resident to send them to who helps, tell a member how to write."""
        if offer := unsent.offered(self.content, turn, place):
            turn.say(turn.me, offer, reply_to=turn.incoming.said_in)
            return
        card = self.overlays.of(effect, place, turn.wijk, turn.language, turn.incoming.name.strip())
        if leads.taken_by(turn.tx, turn.wijk.id, turn.sender):
            doors = tuple(tuple(one for one in row if one.tap != ChartTap(*URGENT)) for row in card.choices)
            card = replace(card, text=self.content.words.phrase("nl", "desk.typed"), choices=tuple(filter(None, doors)))
        turn.say(turn.me, card)

    def media(self, turn: Turn, place: Place, effect: Overlay) -> None:
        """Answer what the bot cannot read; in a talk about a lead it can be said by a ready sentence."""
        card = self.overlays.of(effect, place, turn.wijk, turn.language, turn.incoming.name.strip())
        if effect.argument != "edited" and (rows := sayings.instead(self.content, turn, place)):
            text = self.content.words.phrase(turn.language, "relay.media")
            card = replace(card, text=text, choices=(*rows, *card.choices))
        turn.say(turn.me, card)

    def spoken(self, turn: Turn, place: Place) -> None:
        """Ask for a yes to what was spoken; where it goes nowhere, say what can be done instead."""
        if card := voice.offered(self.content, turn, place):
            turn.say(turn.me, card, reply_to=turn.incoming.said_in)
            return
        heard = turn.incoming.heard
        kind = "voice_long" if isinstance(heard, Voice) and voice.too_long(heard) else "voice"
        card = self.overlays.of(Overlay(kind), place, turn.wijk, turn.language, turn.incoming.name.strip())
        turn.say(turn.me, replace(card, choices=(*sayings.instead(self.content, turn, place), *card.choices)))

    def danger(self, turn: Turn, place: Place, effect: Overlay) -> None:
        """Say the numbers at once; where words were asked for, which now go to nobody, in reply to them."""
        card = self.overlays.danger(effect.argument, place, turn.language, effect.languages)
        languages = self.overlays.heard_in(place, turn.language, effect.languages)
        reply_to = None
        if unsent.held_back(turn, place):
            card, reply_to = unsent.told(self.content, turn, place, card, languages), unsent.where(turn)
        elif own_words.held_back(self.content, turn, place):
            card, reply_to = own_words.told(self.content, place, card, languages), turn.incoming.said_in
        turn.say(turn.me, card, priority=DANGER, reply_to=reply_to)

    def place_of(self, conversation: Conversation) -> Place | None:
        """Return where this person stands.

        A person whose answers were forgotten after a while begins anew, in their own language.
        """
        if conversation.place:
            return self.content.walk.renames.place(Place.from_dict(conversation.place))
        if conversation.language:
            return Place(WELCOME, language=conversation.language, revision=conversation.revision + 1)
        return None


def keep(turn: Turn) -> None:
    """Put the place back into the conversation."""
    if turn.place is not None:
        turn.conversation = replace(
            turn.conversation,
            place=turn.place.to_dict(),
            step=turn.place.step,
            revision=turn.place.revision,
            language=turn.place.language or "",
        )
