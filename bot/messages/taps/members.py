"""The taps of buttons that only members and coordinators are shown, as typed values.

`buttons.py` knows how a button carries them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.messages.taps.visits import PlanTap


@dataclass(frozen=True, slots=True)
class LeadTap:
    """A button under a lead: its token, a move of the desk's table, the reason, the version it was drawn for."""

    lead: str
    move: str
    reason: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class PassTap:
    """What a member says to pass on the lead with this token: `to` which organisation, `why`, what it `asks` to do.

    Without `to` the organisations are listed, from `offset` on. `back` takes back what its resident was asked.
    With `keeps` the other organisation comes in beside the one that has the lead, and `why` is a topic. `version` is
    that of the lead for which the button was drawn.
    """

    lead: str
    to: str = ""
    why: str = ""
    asks: str = ""
    version: int = 0
    offset: int = 0
    back: bool = False
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class InboxTap:
    """A tap that opens the member's inbox from the lead at `offset` on, or says at which hour the `digest` comes.

    `shows` is one of `LISTS`, or `settings`; without it: what is new and what the member has.
    """

    offset: int = 0
    digest: str = ""
    shows: str = ""


@dataclass(frozen=True, slots=True)
class DashboardTap:
    """An act of the coordinator's dashboard, on a partner or a switch (`subject`), with the new `value`."""

    act: str = "home"
    subject: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class LeaveTap:
    """A member's tap to end their own membership, which `handle` names; first they are asked whether they are sure."""

    handle: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class JoinTap:
    """What a member says to an invitation for another organisation: both, move (and leave the first), or no.

    It carries the code of the invitation, as the link does: without it nobody can join.
    """

    code: str
    choice: str


@dataclass(frozen=True, slots=True)
class AvailabilityTap:
    """What a member says about the whole organisation of their membership: it is open, full or paused until a day.

    Without a state it shows how it stands, and without a day it asks for one. With `pick` the day is not chosen yet:
    `weeks` lists the weeks from that day on, `days` the days of its week.
    """

    handle: str
    state: str = ""
    day: date | None = None
    pick: str = ""


@dataclass(frozen=True, slots=True)
class DaysTap:
    """Within how many working days the organisation of this membership gets in touch; with 0 its member is asked.

    `lead` is the token of the lead that is shown afterwards.
    """

    handle: str
    days: int = 0
    lead: str = ""


@dataclass(frozen=True, slots=True)
class CallTap:
    """What came of a call: its token, who was reached, and then what they answered, as `self_fine`."""

    call: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class RegisterTap:
    """An act in the register of koppelkansen, on the one with this token, or on a request that the token names.

    `value` says more: a word from a list, an organisation, or from which one on the list goes. `version` is that of the
    koppelkans for which the button was drawn.
    """

    act: str = "list"
    token: str = ""
    value: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class WhoTap:
    """An act in the list of who does what: `list` from the organisation that `value` counts on, or `view` of one."""

    act: str = "list"
    value: str = ""


MemberTap = (
    LeadTap
    | PassTap
    | InboxTap
    | DashboardTap
    | LeaveTap
    | JoinTap
    | AvailabilityTap
    | DaysTap
    | CallTap
    | RegisterTap
    | WhoTap
    | PlanTap
)
"""The taps of buttons that only members and coordinators are shown."""
