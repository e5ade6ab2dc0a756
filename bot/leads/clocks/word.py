"""What a resident is told about their lead by the bot itself, as a value: so it can be said now, or by somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from bot.content.doors import door_lines
from bot.content.loaded import ZONE, Content
from bot.leads.status import beside, status_of
from bot.messages.turn import Turn
from db.leads.lead import Lead
from flows.model.wijk import COORDINATOR

WITHOUT_THEM = ("leads.declined", "leads.unsuccessful", "leads.returned", "leads.partner_gone")
"""After these words an organisation does not help; who helps beside it goes on, and the resident reads so."""

ASKS = "desk.asks_helped"
"""The word that asks a resident whether they were helped, after their lead ended."""


@dataclass(frozen=True, slots=True)
class Word:
    """The key of a phrase, and whom and what it names: a partner by its id, a member, a day as 2026-12-02.

    With `door` the place where anybody can walk in stands below it, with address and hours. `moments` are those of a
    visit, and `who` comes: each with a first name (empty for a volunteer without a chat), an inbox and a code.
    """

    key: str
    partner: str = COORDINATOR
    member: str = ""
    day: str = ""
    door: bool = False
    moments: Sequence[str] = ()
    who: Sequence[Sequence[str]] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Word:
        """Return the word that `to_dict` wrote down."""
        return cls(**kept)

    def text(self, content: Content, turn: Turn, lead: Lead, language: str) -> str:
        """Return it in this language."""
        phrase, known = content.words.phrase, turn.wijk.partners.get(self.partner)
        name = content.words.partner(language, known) if known else self.partner
        moments = [datetime.fromisoformat(each).astimezone(ZONE) for each in self.moments]
        times = [content.words.day_and_time(language, each) for each in moments]
        who = [(name, inbox) for name, inbox, _ in self.who]
        said = phrase(
            language,
            self.key,
            moment=times[0] if times else "",
            times="\n".join(f"• {each}" for each in times),
            who=content.words.listed([_visitor(content, turn, *pair, language) for pair in who], language),
            code=", ".join(code for _, _, code in self.who) or lead.code,
            member=self.member,
            partner=phrase(language, "packet.coordinator") if self.partner == COORDINATOR else name,
            deadline=content.words.day(language, date.fromisoformat(self.day)) if self.day else "",
            place=turn.wijk.places[turn.wijk.walk_in].name,
            status=status_of(content, lead, language),
        )
        lines = [line[:1].upper() + line[1:] for line in said.split("\n")]
        if self.key in WITHOUT_THEM:
            others = (turn.wijk.partners.get(each.inbox) for each in beside(turn, lead) if each.assignee)
            lines += [
                phrase(language, "leads.goes_on", partner=content.words.partner(language, each))
                for each in others
                if each is not None
            ]
        return "\n".join([*lines, *(["", *door_lines(content, turn.wijk, language, turn.now)] if self.door else [])])


def _visitor(content: Content, turn: Turn, name: str, inbox: str, language: str) -> str:
    """Return who comes to visit: the first name, or that it is a volunteer, and the organisation."""
    phrase, known = content.words.phrase, turn.wijk.partners.get(inbox)
    partner = content.words.partner(language, known) if known else phrase(language, "packet.coordinator")
    return phrase(language, "visit.who", name=name or phrase(language, "my_help.volunteer"), partner=partner)
