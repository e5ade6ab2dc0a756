"""People who ask twice, come in by what they should not, or go while something of theirs is under way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial

from sqlalchemy import select

from bot.demo.phones.person import Person
from bot.messages.taps.buttons import encode
from bot.messages.taps.members import InboxTap, LeadTap
from db import tables
from db.leads import leads
from db.leads.lead import Lead
from db.people import addresses, members
from tests.attack.case import Cases
from tests.attack.leads import INBOX, PRIVATE
from tests.attack.town import ANSWER_SECONDS, Town
from tests.e2e.people import AGREE, BEGIN, NAMED, NAMELESS, TWO_AND_A_NUMBER, Player
from tests.e2e.street import WIJK, invite
from tests.simulated import CONTENT

PEOPLE: Cases[Town] = Cases()

YES = 40
ALONE = ("👥 Mensen en buurt", "Verder ▶", "Mensen ontmoeten")
"""The shortest way to two offers."""

ODD = (
    *("ik_heet_Samira_de_Vries", "111222333", "NL91ABNA0417164300", "0612345678", "De_Plantage", "i", "_", "-"),
    *("x" * 64, "ev12", "null", "0", "binnenhof_", "drop_table_leads", "Voorbeeldstraat_1"),
)


def _leads(town: Town, person: Person) -> list[Lead]:
    with town.store.read() as tx:
        return leads.of_resident(tx, WIJK, _id(town, person))


def _id(town: Town, person: Person) -> str:
    with town.store.read() as tx:
        return addresses.find(tx, WIJK, f"telegram:{person.id}") or ""


def _rows(town: Town, table: str) -> list[str]:
    with town.store.read() as tx:
        return [str(tuple(row)) for row in tx.execute(select(tables.metadata.tables[table]))]


def _holding(town: Town, words: Sequence[str]) -> Counter[str]:
    """How many rows of each table hold any of these words."""
    names = tables.metadata.tables
    return Counter(name for name in names for row in _rows(town, name) if any(word in row for word in words))


async def _handed_over(town: Town) -> tuple[Person, Player, Lead]:
    """Somebody works at a partner, and a resident said yes to it."""
    member = await town.someone()
    await town.reaction(member, lambda: member.start(invite(town.store, INBOX)))
    resident = Player(town.here, town.stranger())
    await resident.play(TWO_AND_A_NUMBER)
    await town.quiet()
    return member, resident, next(lead for lead in _leads(town, resident.person) if lead.inbox == INBOX)


async def _reads(town: Town, member: Person, lead: Lead) -> None:
    """Let the member open the lead, and wait until they read it."""
    town.tap(member, encode(LeadTap(lead.token, "view", version=lead.version)))
    await town.here.until(
        lambda: any(PRIVATE[0] in each.get("text", "") for each in town.said(member)) or None,
        "the member to read the lead",
        ANSWER_SECONDS,
    )


@PEOPLE.add(
    "forty times the same yes",
    f"{YES} × the same answers and yes, by one chat",
    "one lead for each help; then it says so",
)
async def forty_times_the_same_yes(town: Town) -> None:
    member = await town.someone()
    await town.reaction(member, lambda: member.start(invite(town.store, "balans")))
    player = Player(town.here, town.stranger())
    for act in BEGIN:
        if act == "/start":
            player.person.start()
        else:
            await player.tap(act)
    for act in (
        *ALONE,
        "Ja, allebei",
        *AGREE,
        *NAMELESS,
        *NAMED,
    ):
        await player.tap(act)
    for _ in range(2):
        await player.tap("Ja, geef dit door")
    await town.here.until(player.finished, "the receipt", ANSWER_SECONDS)
    made = _leads(town, player.person)
    assert len(made) == 2, f"{len(made)} leads of the first yes"

    def told(often: int) -> bool | None:
        return sum("Dit loopt al" in each.get("text", "") for each in town.said(player.person)) >= often or None

    for number in range(1, YES):
        player.person.say("/menu")
        for act in ALONE:
            await player.tap(act)
        await town.here.until(partial(told, number), "the card that says that it runs", ANSWER_SECONDS)
        assert player.next_of("Ja, graag", "Ja, allebei") is None, "it is offered again"
    await town.quiet()
    found = _leads(town, player.person)
    assert [lead.id for lead in found] == [lead.id for lead in made], f"{len(found)} leads"
    notices = sum("📥 Nieuw" in each.get("text", "") for each in town.said(member))
    assert notices == 1, f"{notices} notices to one partner"
    await town.serves()


@PEOPLE.add("odd payloads", "500 × /start with what somebody may type", "each is answered, nothing of it is kept")
async def odd_payloads(town: Town) -> None:
    person = await town.someone()
    before = _rows(town, "link_counts")
    for number in range(500):
        word = ODD[number % len(ODD)]
        town.send(person, text=f"/start {word}{number // len(ODD) or ''}", entities=_command())
    await town.quiet(120)
    assert _rows(town, "link_counts") == before, "payloads were counted"
    kept = [name for name in tables.metadata.tables for row in _rows(town, name) if "Samira_de" in row or "ev12" in row]
    assert not kept, f"payloads stand in {', '.join(dict.fromkeys(kept))}"
    stranger = town.stranger()
    await town.danger(stranger, lambda: town.send(stranger, text="/start ik_ruik_gas", entities=_command()))
    await town.serves()


def _command() -> list[dict[str, object]]:
    return [{"type": "bot_command", "offset": 0, "length": 6}]


@PEOPLE.add(
    "one invitation, two people", "the same link by two at the same moment, then by a third", "one of them joins"
)
async def one_invitation(town: Town) -> None:
    code = invite(town.store, INBOX)
    first, second, third = town.stranger(), town.stranger(), town.stranger()
    await asyncio.gather(*(town.reaction(each, partial(each.start, code)) for each in (first, second)))
    await town.reaction(third, lambda: third.start(code))
    await town.quiet()
    with town.store.read() as tx:
        joined = [each for each in (first, second, third) if members.of(tx, WIJK, _id(town, each))]
    assert len(joined) == 1, f"{len(joined)} people joined with one invitation"
    assert third not in joined
    for each in (each for each in (first, second, third) if each not in joined):
        await town.tapped(each, encode(InboxTap()))
        assert not any("Postvak" in said.get("text", "") for said in town.said(each)), "a stranger read an inbox"


@PEOPLE.add(
    "the old buttons of who left", "a member opens a lead, erases herself, and taps all of it again", "nothing is shown"
)
async def old_buttons(town: Town) -> None:
    member, _resident, lead = await _handed_over(town)
    await _reads(town, member, lead)
    taps = [*("view", "accept", "write"), *dict.fromkeys(move.name for move in CONTENT.desk.moves)]
    await town.reaction(member, lambda: member.say("/verwijder"))
    message, data = await town.here.until(
        lambda: _yes_to_erase(member), "the question whether she is sure", ANSWER_SECONDS
    )
    await town.reaction(member, lambda: member.tap(message, data))
    await town.quiet()
    shown = [each.get("text", "") for each in member.chat().shown]
    assert not any(PRIVATE[0] in text for text in shown), "the lead is still on her phone"
    said = len(town.said(member))
    for move in taps:
        await town.tapped(member, encode(LeadTap(lead.token, move, version=lead.version)))
    await town.tapped(member, encode(InboxTap()))
    await town.quiet()
    read = "\n".join(each.get("text", "") for each in town.said(member)[said:])
    assert not any(word in read for word in (*PRIVATE, lead.code)), "she reads the lead after she left"
    with town.store.read() as tx:
        now = leads.get(tx, WIJK, lead.id)
    assert now is not None
    assert now.status == lead.status, f"she moved it to {now.status}"


def _yes_to_erase(person: Person) -> tuple[int, str] | None:
    for message in reversed(person.chat().shown):
        for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
            for button in row:
                if button.get("callback_data", "").startswith("erase:yes:"):
                    return message["message_id"], button["callback_data"]
    return None


@PEOPLE.add(
    "erased while words are under way",
    "a helper writes at the moment in which the resident erases all",
    "nothing arrives or stays",
)
async def erased_meanwhile(town: Town) -> None:
    words = ("Samira", "half tien", "kwart over acht")
    others = _holding(town, words)  # of residents of other attacks, who did not erase
    member, resident, lead = await _handed_over(town)
    await _reads(town, member, lead)
    await town.tapped(member, encode(LeadTap(lead.token, "accept", version=lead.version)))
    await town.quiet()
    await town.tapped(member, encode(LeadTap(lead.token, "write", version=lead.version + 1)))
    person, who = resident.person, _id(town, resident.person)
    person.say("/verwijder")
    message, data = await town.here.until(
        lambda: _yes_to_erase(person), "the question whether she is sure", ANSWER_SECONDS
    )
    member.say("Ik kom morgen om kwart over acht.")
    person.tap(message, data)
    await town.here.until(
        lambda: any("Alles over jou is gewist" in each.get("text", "") for each in town.said(person)) or None,
        "the word that all is gone",
        ANSWER_SECONDS,
    )
    await town.quiet()
    erased = next(n for n, each in enumerate(town.said(person)) if "gewist" in each.get("text", ""))
    after = [each.get("text", "") for each in town.said(person)[erased + 1 :]]
    assert not any("kwart over acht" in text for text in after), "words came after all was erased"
    left = _holding(town, (who,)) + (_holding(town, words) - others)
    assert not left, f"something is left in {', '.join(left)}"
    named = [each["message_id"] for each in member.chat().shown if PRIVATE[0] in each.get("text", "")]
    assert not named, f"her name is on a member's phone, in {len(named)} messages"
    await town.serves()


@PEOPLE.add("the stolen file", "the store as it lies on the disk, while leads are open", "no name, number, word or id")
async def the_stolen_file(town: Town) -> None:
    member, resident, lead = await _handed_over(town)
    await _reads(town, member, lead)
    await town.quiet()
    dump = b"".join(path.read_bytes() for path in town.here.folder.glob("koppelkans.db*"))
    assert lead.token.encode() in dump, "this is not the file of the store"
    people = (member, resident.person)
    secret = [*PRIVATE, *(f"telegram:{each.id}" for each in people), *(each.phone.lstrip("+") for each in people)]
    secret += [each.first_name for each in people]
    found = [word for word in secret if word.encode() in dump]
    assert not found, f"{len(found)} of {len(secret)} words about people can be read in the file"
