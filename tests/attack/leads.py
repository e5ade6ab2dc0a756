"""Taps on what belongs to somebody else."""

from __future__ import annotations

from bot.demo.phones.person import Person
from bot.messages.taps.buttons import Tap, encode
from bot.messages.taps.members import DashboardTap, InboxTap, LeadTap, WhoTap
from bot.messages.taps.residents import ListenTap, ReplyTap
from db.leads import leads
from db.leads.lead import Lead
from db.people import addresses
from flows.model.heard import StopHelpTap
from tests.attack.case import Cases
from tests.attack.town import ANSWER_SECONDS, Town
from tests.e2e.people import TWO_AND_A_NUMBER, Player, all_of
from tests.e2e.street import WIJK, invite
from tests.simulated import CONTENT

LEADS: Cases[Town] = Cases()
INBOX = "shm"
"""Who gets a lead when this resident says yes."""

PRIVATE = ("Samira", "half tien")
"""What this resident said and shared; no stranger may read it."""


@LEADS.add(
    "forged taps on others' leads",
    "each tap with the right token of a lead, by a stranger, a resident and a member elsewhere",
    "nothing of it is shown, nothing moves",
)
async def forged_taps(town: Town) -> None:
    member = await town.someone()  # before the handover: otherwise the lead goes to the coordinator
    await town.reaction(member, lambda: member.start(invite(town.store, INBOX)))
    resident = Player(town.here, town.stranger())
    await resident.play(TWO_AND_A_NUMBER)
    mine = sorted(_leads(town, resident.person), key=lambda lead: lead.inbox != INBOX)
    assert [lead.inbox for lead in mine][:1] == [INBOX], "the resident has no lead to attack"
    elsewhere = await town.someone()
    other = next(each for each in CONTENT.wijk.partners if each not in {lead.partner for lead in mine})
    await town.reaction(elsewhere, lambda: elsewhere.start(invite(town.store, other)))
    neighbour = Player(town.here, town.stranger())
    neighbour.person.start()
    for label in TWO_AND_A_NUMBER[1:5]:
        await neighbour.tap(label)
    before = [(lead.status, lead.version) for lead in mine]
    attackers = (await town.someone(), neighbour.person, elsewhere)
    await all_of(*(_tap_all(town, attacker, _taps(mine)) for attacker in attackers))
    await town.quiet()
    for attacker in attackers:
        read = "\n".join(each.get("text", "") for each in town.said(attacker))
        seen = [word for word in (*PRIVATE, *(f"KOP-{lead.code}" for lead in mine)) if word in read]
        assert not seen, f"{attacker.id} read {', '.join(seen)}"
    found = [(lead.status, lead.version) for lead in _leads(town, resident.person)]
    assert found == before, f"the leads moved from {before} to {found}"
    await _read_as(town, member, mine)
    await town.serves()


async def _read_as(town: Town, member: Person, mine: list[Lead]) -> None:
    """Check that the member whose lead it is reads it by the same tap: the forged taps were the right ones."""
    town.tap(member, encode(LeadTap(mine[0].token, "view", version=mine[0].version)))

    def reads() -> bool | None:
        return any(PRIVATE[0] in each.get("text", "") for each in town.said(member)) or None

    await town.here.until(reads, "its own member to read the lead", ANSWER_SECONDS)


async def _tap_all(town: Town, attacker: Person, taps: list[Tap]) -> None:
    for data in map(encode, taps):
        await town.tapped(attacker, data)


def _taps(mine: list[Lead]) -> list[Tap]:
    """Return every tap that could do something with these leads."""
    moves = ["view", "write", "take", *dict.fromkeys(move.name for move in CONTENT.desk.moves)]
    found: list[Tap] = [
        InboxTap(),
        InboxTap(999_999),
        WhoTap(),
        WhoTap("lines", f"0_{mine[0].partner}"),
        DashboardTap(),
        DashboardTap("partner", mine[0].partner, "full"),
    ]
    for lead, tried in zip(mine, (moves, moves[:3]), strict=False):
        found += [LeadTap(lead.token, move, version=lead.version) for move in tried]
        found.append(ListenTap(lead.token))
        found += [ReplyTap(lead.token), StopHelpTap(lead.token, 1), StopHelpTap(lead.token, 1, sure=True)]
    return found


def _leads(town: Town, person: Person) -> list[Lead]:
    with town.store.read() as tx:
        return leads.of_resident(tx, WIJK, addresses.find(tx, WIJK, f"telegram:{person.id}") or "")
