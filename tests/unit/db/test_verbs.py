"""Every verb of the store, once on each engine: SQL that only one of them takes is found here.

A verb is a public function that gets a transaction. A new one fails the test until it has an example.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from sqlalchemy import update

import db
from db import tables
from db.leads import blanking, calls, counts, due, leads, lists, needs, rungs, sealed, views
from db.leads.consent import consents, disclosures, passings, verdicts, visits, wishes
from db.leads.views import View
from db.people import addresses, conversations, digests, invitations, members, personal_data
from db.people.conversations import Conversation
from db.queue import held_messages, leases, outbox, said_messages, sent_messages, sequence, spoken_messages, updates
from db.queue.outbox import Message
from db.queue.sent_messages import SentMessage
from db.records import audit, expiry, group_answers, link_counts, row_ids, switches
from db.records.register import opportunities, pairs, support
from db.store import Store, Tx
from db.types.held import said_of
from tests.unit.db.examples import ANS, BEP, FATMA, HOUR, KARIM, NEXT, NOW, WIJK, a_consent, a_lead, known, packet

TODAY, LATER = NOW.date(), NOW + 2 * 24 * HOUR
TOKEN = "f" * 16
FOR_FATMA = Message(1, FATMA, {"text": "Dag Fatma"}, priority=1)
HELD = Message(9, KARIM, {"text": "Dag Karim"}, lead=4)
FOR_ANS = Message(2, ANS, {"text": "Er is nieuws"}, lead=2)
CLOSED, OPEN, YES = 3, 2, 1
"""Rows are numbered in the order in which `live` makes them."""

SOUND = SentMessage(KARIM, 5, None, NOW)

Verb = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Example:
    """One call of a verb, without its transaction and wijk. `gives` is its result, or what `then` finds afterwards."""

    verb: Verb
    given: tuple[Any, ...] = ()
    gives: Any = None
    then: Callable[[Tx], Any] | None = None
    named: dict[str, Any] = field(default_factory=dict)
    in_wijk: bool = True

    def seen(self, tx: Tx) -> Any:
        result = self.verb(tx, *([WIJK] if self.in_wijk else []), *self.given, **self.named)
        if self.then is not None:
            return self.then(tx)
        return list(result) if isinstance(result, Iterator) else result


def live(tx: Tx) -> str:
    """Fatma answered, agreed and has a lead that Ans took; another one is closed. Gives the code of an invitation."""
    known(tx, FATMA, KARIM, ANS)
    conversations.save(tx, WIJK, [Conversation(FATMA, "ar", {"step": "a"}, 5, 3, "a")], NOW)
    members.join(tx, WIJK, ANS, "goos", "partner", "Ans", NOW)
    members.join(tx, WIJK, BEP, "coordinator", "coordinator", "Bep", NOW)
    code = invitations.make(tx, WIJK, "goos", "partner", BEP, NOW)
    a_consent(tx)
    a_lead(tx, consent=YES)
    tx.execute(update(tables.leads).values(token=TOKEN, code="KOP-222"))
    leads.move(tx, WIJK, OPEN, 1, "accepted", next=NEXT, now=NOW, actor=ANS, assignee=ANS)
    a_lead(tx, resident=KARIM, sender=KARIM, status="completed", next=None)
    views.add(tx, WIJK, [View(OPEN, ANS, 8)])
    disclosures.add(tx, WIJK, lead=OPEN, consent=YES, recipient="goos", fields=["Voornaam"], packet=packet(), now=NOW)
    audit.add(tx, WIJK, ANS, "lead.opened", NOW, OPEN)
    outbox.add(tx, WIJK, [FOR_FATMA, FOR_ANS], NOW)
    held_messages.add(tx, WIJK, [HELD], NOW)
    said_messages.add(tx, WIJK, [(FATMA, 6)], NOW)
    sent_messages.add(tx, WIJK, [SentMessage(ANS, 8, OPEN)], NOW)
    sent_messages.add(tx, WIJK, [SOUND], NOW - 3 * HOUR)
    updates.claim(tx, WIJK, "telegram", [7, 8], NOW)
    switches.put(tx, WIJK, "partner.goos.state", "full", BEP, NOW)
    link_counts.add(tx, WIJK, "lift", TODAY)
    group_answers.first_today(tx, WIJK, "telegram:-5", TODAY)
    leases.take(tx, WIJK, "one", 60)
    return code


def examples(tx: Tx, code: str) -> list[Example]:
    """Each verb on what `live` left, and on a notice that waits to be opened."""
    notice = sealed.add(tx, WIJK, OPEN, FATMA, {"text": "Dag"}, NOW)
    hers = (["goos"], ANS)

    def said(tx: Tx) -> list[int]:
        return sorted(said_messages.take(tx, WIJK, FATMA, NOW, 100))

    def lead(*names: str) -> Callable[[Tx], Any]:
        return lambda tx: tuple(getattr(leads.get(tx, WIJK, OPEN), name) for name in names)

    def ids(found: list[Any]) -> list[int]:
        return [each.id for each in found]

    def chat(name: str) -> Callable[[Tx], Any]:
        return lambda tx: [getattr(each, name) for each in conversations.look(tx, WIJK, [FATMA]).values()]

    def waiting(tx: Tx) -> list[tuple[int, int]]:
        return [(each.id, each.tries) for each in outbox.newer(tx, WIJK, 0, NOW + HOUR)]

    spoken_of: dict[str, Any] = {
        "lead": OPEN,
        "speaker": ANS,
        "to_resident": True,
        "sound": "voice 9 f",
        "language": "nl",
        "now": NOW,
    }
    said_by_ans = spoken_messages.add(tx, WIJK, **spoken_of)
    spoken = (OPEN, ANS, True, "voice 9 f", "nl", NOW)

    def heard(tx: Tx, count: int) -> tuple[Any, ...] | None:
        tokens = list(tx.execute(tables.spoken_messages.select()).mappings())
        found = spoken_messages.get(tx, WIJK, tokens[-1]["token"])
        assert found is not None
        assert len(tokens) == count
        return (found.lead, found.speaker, found.to_resident, found.sound, found.language, found.made_at)

    seen, turned = tables.updates.info["kept"].until, said_of(tables.switches.c.changed_by).until
    assert turned is not None

    digest = digests.Digest(ANS, 9, NOW + HOUR, NOW)
    digests.put(tx, WIJK, digest)
    call = calls.put(tx, WIJK, OPEN, FATMA, {"key": "leads.late"}, NOW, NOW + HOUR)

    def said_of_open(tx: Tx) -> calls.Call:
        found = calls.of_lead(tx, WIJK, OPEN)
        assert found is not None
        return found

    (taken,) = rungs.to_look_at(tx, WIJK, LATER, 9)
    passed: dict[str, Any] = {
        "to": "shm",
        "why": "fits",
        "asks": "call",
        "by": ANS,
        "language": "ar",
        "now": NOW,
        "look_at": LATER,
    }
    asked = passings.add(tx, WIJK, lead=OPEN, **passed)
    assert asked is not None

    def question(*names: str) -> Callable[[Tx], Any]:
        return lambda tx: tuple(getattr(passings.of_lead(tx, WIJK, OPEN), name, None) for name in names)

    verdicts.plan(tx, WIJK, OPEN, 2, NOW)
    (end,) = verdicts.of_lead(tx, WIJK, OPEN)

    def ends(name: str) -> Callable[[Tx], Any]:
        return lambda tx: [getattr(each, name) for each in verdicts.of_lead(tx, WIJK, OPEN)]

    times = visits.Visit("", OPEN, None, FATMA, visits.TICKED, slots=(LATER,), fits=(LATER,), clocks={"wait": LATER})
    visit = visits.add(tx, WIJK, times)

    def visited(*names: str) -> Callable[[Tx], Any]:
        return lambda tx: tuple(getattr(visits.of_lead(tx, WIJK, OPEN), name) for name in names)

    def old(tx: Tx) -> list[Any]:
        return expiry.due(tx, WIJK, tables.updates, seen, NOW + timedelta(days=3), 9)

    answered = Conversation(FATMA, "ar", {"step": "a"}, 5, 3, "a", updated_at=NOW)
    emptied = replace(answered, place=None, step="b", updated_at=NOW + HOUR)
    (one,), (two,) = members.of(tx, WIJK, ANS), members.of(tx, WIJK, BEP)
    (three,) = invitations.open_ones(tx, WIJK, NOW)
    ans = members.Member(ANS, "goos", "partner", "Ans", NOW, one.handle)
    bep = members.Member(BEP, "coordinator", "coordinator", "Bep", NOW, two.handle)
    invited = invitations.Invitation("goos", "partner", BEP, NOW, NOW + timedelta(days=14), None, None, three.handle)
    a_yes = {"purpose": "send", "recipient": "goos", "text_version": "1", "shown": "x", "language": "nl", "given": True}
    handed = {"lead": OPEN, "consent": YES, "recipient": "goos", "fields": ["Telefoon"], "packet": {}, "now": NOW}
    one_more = {
        "next": NEXT,
        "partner": "shm",
        "inbox": "shm",
        "row": "M2",
        "topic": ["cold"],
        "urgent": True,
        "packet": packet(),
    }
    who = {"resident": KARIM, "sender": KARIM, "now": NOW}
    party = opportunities.Party("goos", "yes", NOW.isoformat())
    named: dict[str, Any] = {"title": "visit", "owner": "goos", "parties": (party,), "now": NOW, "due_at": LATER}
    chance = opportunities.make(tx, WIJK, **named)
    ended = opportunities.make(tx, WIJK, **named)
    gone = opportunities.change(tx, WIJK, ended, status="closed", closed_at=NOW)
    wish = support.make(tx, WIJK, chance.id, "room", "goos", NOW, LATER)
    pair = pairs.Pair("worries", "cold+letter", "home_coach+letter_desk")
    pairs.add(tx, WIJK, [pair], TODAY)

    def whose(tx: Tx) -> list[str]:
        return [each.owner for each in opportunities.open_ones(tx, WIJK)]

    return [
        Example(opportunities.make, (), ["goos", "goos"], whose, named),
        Example(opportunities.get, (chance.id,), chance),
        Example(opportunities.by_token, (chance.token,), chance),
        Example(opportunities.open_ones, (), [chance]),
        Example(opportunities.due, (LATER, 9), [chance]),
        Example(opportunities.closed, (NOW,), [gone]),
        Example(opportunities.reported, (NOW,), []),
        Example(opportunities.change, (chance,), ["eas"], whose, {"owner": "eas"}),
        Example(opportunities.stuck, (["eas"], NOW), [chance.token]),
        Example(
            support.make,
            (chance.id, "bike", "eas", NOW, LATER),
            ["bike", "room"],
            lambda tx: sorted(each.what for each in support.of(tx, WIJK, chance.id)),
        ),
        Example(support.by_token, (wish.token,), wish),
        Example(support.of, (chance.id,), [wish]),
        Example(support.since, (NOW,), [wish]),
        Example(support.due, (LATER, 9), [wish]),
        Example(support.end, (wish.token, NOW, "eas"), True),
        Example(
            support.leave,
            (chance.id, "goos", "eas"),
            ["eas"],
            lambda tx: [each.asker for each in support.of(tx, WIJK, chance.id)],
        ),
        Example(pairs.add, ([pair], TODAY), [(pair, 2)], lambda tx: pairs.totals(tx, WIJK, TODAY, 2)),
        Example(pairs.take_back, ([pair], TODAY), [], lambda tx: pairs.totals(tx, WIJK, TODAY, 1)),
        Example(pairs.totals, (TODAY, 1), [(pair, 1)]),
        Example(addresses.add, ({BEP: "mail:b@x"}, NOW), BEP, lambda tx: addresses.find(tx, WIJK, "mail:b@x")),
        Example(addresses.find, ("telegram:1001",), FATMA),
        Example(addresses.of, ([FATMA, BEP],), {FATMA: "telegram:1001"}),
        Example(addresses.reached, ([FATMA, BEP],), {FATMA: "telegram:1001"}),
        Example(addresses.forget, (FATMA,), None, lambda tx: addresses.find(tx, WIJK, "telegram:1001")),
        Example(calls.put, (OPEN, FATMA, {"key": "x"}, NOW, LATER), {"key": "x"}, lambda tx: said_of_open(tx).word),
        Example(calls.of_lead, (OPEN,), call),
        Example(calls.by_token, (call.token,), call),
        Example(calls.due, (LATER, 9), [call]),
        Example(calls.note, (call, LATER), 2, lambda tx: said_of_open(tx).tries, {"rung": 1, "tries": 2}),
        Example(calls.done, (call.token,), True),
        Example(calls.drop, (OPEN,), None, lambda tx: calls.of_lead(tx, WIJK, OPEN)),
        Example(
            digests.put,
            (digests.Digest(ANS, 16, LATER, NOW),),
            digests.Digest(ANS, 16, LATER, NOW),
            lambda tx: digests.of(tx, WIJK, ANS),
        ),
        Example(digests.of, (ANS,), digest),
        Example(digests.due, (LATER, 9), [digest]),
        Example(digests.note, (digest, LATER, NOW), True),
        Example(digests.forget, (ANS,), None, lambda tx: digests.of(tx, WIJK, ANS)),
        Example(conversations.load, (["telegram:1001"], NOW), {"telegram:1001": answered}),
        Example(conversations.lock, (FATMA,), answered),
        Example(conversations.look, ([FATMA, BEP],), {FATMA: answered}),
        Example(
            conversations.save,
            ([emptied], NOW + HOUR),
            {FATMA: emptied},
            lambda tx: conversations.look(tx, WIJK, [FATMA]),
        ),
        Example(conversations.set_cards, ({FATMA: 9},), [9], chat("card")),
        Example(conversations.set_blocked, (FATMA, True), [True], chat("blocked")),
        Example(conversations.forget, (FATMA,), True),
        Example(conversations.idle_before, (NOW + HOUR, 10), [FATMA]),
        Example(conversations.hidden, ([FATMA],), set()),
        Example(conversations.places, (), [{"step": "a"}]),
        Example(conversations.empty, ([FATMA],), [None], chat("place")),
        Example(
            invitations.make,
            ("shm", "partner", None, NOW),
            2,
            lambda tx: len(tx.execute(tables.invitations.select()).all()),
        ),
        Example(
            invitations.use,
            (code, KARIM, NOW),
            replace(invited, used_at=NOW, used_by=KARIM),
        ),
        Example(invitations.find, (code,), invited),
        Example(invitations.open_ones, (NOW,), [invited]),
        Example(invitations.take_back, (invited.handle, NOW), invited),
        Example(
            members.join,
            (KARIM, "shm", "partner", "Karim", NOW),
            frozenset({"goos", "coordinator", "shm"}),
            lambda tx: members.staffed(tx, WIJK),
        ),
        Example(members.of, (ANS,), [ans]),
        Example(members.among, ([ANS, KARIM],), {ANS}),
        Example(members.members_of, ("goos",), [ans]),
        Example(members.among, ([ANS, FATMA],), {ANS}),
        Example(members.coordinators, (), [bep]),
        Example(members.staffed, (), frozenset({"goos", "coordinator"})),
        Example(
            members.say_call_for,
            (bep.handle, "brieven\nloket"),
            "brieven\nloket",
            lambda tx: members.of(tx, WIJK, BEP)[0].call_for,
        ),
        Example(members.by_handle, (ans.handle,), ans),
        Example(members.who_joined, (), {ANS, BEP}, lambda tx: {each.person for each in members.who_joined(tx, WIJK)}),
        Example(members.end, (ans.handle,), True),
        Example(members.leave, (ANS,), [ans]),
        Example(personal_data.everything, (FATMA, NOW), {}, lambda tx: personal_data.show(tx, WIJK, FATMA)),
        Example(
            personal_data.show,
            (FATMA,),
            {
                *("conversations.person", "addresses.person", "outbox.to", "leads.resident", "consents.resident"),
                *("said_messages.person", "sealed.person", "calls.person", "visits.resident"),
            },
            lambda tx: {each for each in personal_data.show(tx, WIJK, FATMA) if not each.endswith("sender")},
        ),
        Example(personal_data.forget, ([FATMA],), {}, lambda tx: personal_data.show(tx, WIJK, FATMA)),
        Example(conversations.left_before, (NOW + timedelta(days=8), 10), []),
        Example(
            consents.add,
            (),
            2,
            lambda tx: len(consents.of(tx, WIJK, FATMA)),
            {"resident": FATMA, "sender": FATMA, "fields": ["x"], "now": NOW, **a_yes},
        ),
        Example(consents.get, (YES,), FATMA, lambda tx: getattr(consents.get(tx, WIJK, YES), "resident", "")),
        Example(consents.of, (FATMA,), [YES], lambda tx: ids(consents.of(tx, WIJK, FATMA))),
        Example(
            consents.live,
            (YES,),
            True,
            lambda tx: getattr(consents.live(tx, WIJK, YES), "given", None),
        ),
        Example(consents.withdraw, (YES, NOW), None, lambda tx: consents.live(tx, WIJK, YES)),
        Example(disclosures.add, (), 2, lambda tx: len(disclosures.of_lead(tx, WIJK, OPEN)), handed),
        Example(disclosures.of_lead, (OPEN,), 1, lambda tx: len(disclosures.of_lead(tx, WIJK, OPEN))),
        Example(leads.create, (), 2, lambda tx: counts.count_open(tx, WIJK), {**one_more, **who, "language": "nl"}),
        Example(needs.refuse_twice, (FATMA, [("money_desk", "bills")], False, 2)),
        Example(leads.get, (OPEN,), ("accepted", ["bills"], packet()), lead("status", "topic", "packet")),
        Example(leads.by_token, (TOKEN,), OPEN, lambda tx: getattr(leads.by_token(tx, WIJK, TOKEN), "id", 0)),
        Example(leads.by_code, ("kop-222",), OPEN, lambda tx: getattr(leads.by_code(tx, WIJK, "kop-222"), "id", 0)),
        Example(leads.of_resident, (FATMA,), [OPEN], lambda tx: ids(leads.of_resident(tx, WIJK, FATMA))),
        Example(leads.taken_by, (ANS,), [OPEN], lambda tx: ids(leads.taken_by(tx, WIJK, ANS))),
        Example(
            leads.open_of_inboxes,
            (["goos", "shm"],),
            [OPEN],
            lambda tx: ids(leads.open_of_inboxes(tx, WIJK, ["goos", "shm"])),
        ),
        Example(
            lists.of, (*hers, "mine", NOW, NOW), [OPEN], lambda tx: ids(lists.of(tx, WIJK, *hers, "mine", NOW, NOW))
        ),
        Example(lists.count, (*hers, NOW, NOW), {"": 1, "new": 0, "mine": 1, "ours": 1, "waiting": 0, "done": 0}),
        Example(counts.count_of_inbox, ("goos",), 1),
        Example(counts.open_by_inbox, (), [("goos", 1, NOW)]),
        Example(counts.since, (NOW,), (2, 1, 1)),
        Example(rungs.for_coordinator, (2, 9), [], lambda tx: ids(rungs.for_coordinator(tx, WIJK, 2, 9))),
        Example(rungs.to_look_at, (LATER, 9), [OPEN], lambda tx: ids(rungs.to_look_at(tx, WIJK, LATER, 9))),
        Example(rungs.note, (taken, 1, LATER, LATER), (1, LATER, LATER), lead("rung", "look_at", "contact_by")),
        Example(passings.add, (), None, named={"lead": OPEN, **passed}),
        Example(passings.of_lead, (OPEN,), asked),
        Example(passings.by_token, (asked.token,), asked),
        Example(passings.to_look_at, (LATER, 9), [asked]),
        Example(passings.note, (asked, 1, None), (1, None), question("rung", "look_at")),
        Example(passings.wants_to_talk, (asked.token,), ("talk",), question("said")),
        Example(passings.end, (OPEN,), (None,), question("token")),
        Example(passings.chain, (taken,), [taken]),
        Example(due.stuck, ({"accepted": False}, LATER), [("KOP-222", "due")]),
        Example(counts.count_open, (), 1),
        Example(counts.inboxes, (), ["goos"]),
        Example(counts.tries, (OPEN,), 0),
        Example(
            verdicts.plan, (OPEN, 9, LATER), [2, 9], lambda tx: [each.n for each in verdicts.of_lead(tx, WIJK, OPEN)]
        ),
        Example(verdicts.of_lead, (OPEN,), [end]),
        Example(verdicts.due, (LATER, 9), [end]),
        Example(verdicts.put_off, (end, None), [None], ends("ask_at")),
        Example(verdicts.asked, (end, NOW), [NOW], ends("asked_at")),
        Example(verdicts.say, (OPEN, 2, "bit", NOW), ["bit"], ends("said")),
        Example(verdicts.thank, (OPEN, 2, NOW), True),
        Example(visits.add, (times,), (visits.TICKED, (LATER,)), visited("status", "slots")),
        Example(visits.by_token, (visit.token,), visit),
        Example(visits.of_lead, (OPEN,), visit),
        Example(visits.due, (LATER, 9), [visit]),
        Example(visits.change, (visit,), (visits.CHOSEN, 2), visited("status", "version"), named={"status": "chosen"}),
        Example(visits.cross, (visit, {}), (1, {}), visited("version", "clocks")),
        Example(visits.hand_over, (OPEN, NOW), ({"wait": LATER},), visited("clocks")),
        Example(visits.leave, (OPEN, NOW), (visits.ALL, {"tell": NOW}), visited("gone", "clocks")),
        Example(verdicts.both, (["accepted"], NOW, LATER), [(OPEN, None, None)]),
        Example(wishes.inquire, (OPEN, NOW, NOW), True),
        Example(wishes.change, (OPEN, {"words": "Dag"}, YES), ({"words": "Dag"}, YES), lead("packet", "consent")),
        Example(wishes.forget_yes, (YES,), False),
        Example(counts.note_done, (OPEN, 2, ["strips"]), (["strips"],), lead("done")),
        Example(counts.completed, (NOW, LATER), 1, lambda tx: len(counts.completed(tx, WIJK, NOW, LATER))),
        Example(
            leads.move,
            (OPEN, 2, "in_progress"),
            ("in_progress", 3, ANS),
            lead("status", "version", "assignee"),
            {"next": NEXT, "now": NOW, "actor": ANS},
        ),
        Example(
            views.note, (OPEN, "Belt niet graag", NOW, 1), ([[NOW.isoformat(), "Belt niet graag"]],), lead("notes")
        ),
        Example(views.viewed, (OPEN, NOW), True),
        Example(leads.pair, (OPEN, "KOP-333"), ("KOP-333",), lead("together")),
        Example(blanking.blank, ([OPEN],), (None, None, None), lead("packet", "resident", "sender")),
        Example(
            blanking.closed_before,
            (NOW + HOUR, 10),
            [CLOSED],
            lambda tx: ids(blanking.closed_before(tx, WIJK, NOW + HOUR, 10)),
        ),
        Example(leads.set_watchword, (OPEN, ["apple", "", "moon"]), (["apple", "", "moon"],), lead("watchwords")),
        Example(leads.set_notices, (FATMA, True), (True,), lead("open_notices")),
        Example(
            sealed.add,
            (OPEN, FATMA, {"text": "Dag"}, NOW),
            [{"text": "Dag"}],
            lambda tx: [each.payload for each in sealed.waiting(tx, WIJK, OPEN)][-1:],
        ),
        Example(sealed.get, (notice,), OPEN, lambda tx: getattr(sealed.get(tx, WIJK, notice), "lead", 0)),
        Example(sealed.waiting, (OPEN,), 1, lambda tx: len(sealed.waiting(tx, WIJK, OPEN))),
        Example(sealed.opened, (notice, NOW), [], lambda tx: sealed.waiting(tx, WIJK, OPEN)),
        Example(
            sealed.delivered, ({notice: 7},), [7], lambda tx: [each.message for each in sealed.waiting(tx, WIJK, OPEN)]
        ),
        Example(sealed.untold, (FATMA,), [notice], lambda tx: [each.token for each in sealed.untold(tx, WIJK, FATMA)]),
        Example(
            sealed.withdrawn, (FATMA, [7]), [None], lambda tx: [each.message for each in sealed.waiting(tx, WIJK, OPEN)]
        ),
        Example(sealed.take_back, (OPEN,), [], lambda tx: sealed.waiting(tx, WIJK, OPEN)),
        Example(sealed.forget_before, (NOW + HOUR, 10), None, lambda tx: sealed.get(tx, WIJK, notice)),
        Example(
            leads.events,
            (OPEN,),
            ["sent", "accepted"],
            lambda tx: [each.after for each in leads.events(tx, WIJK, OPEN)],
        ),
        Example(
            views.add, ([View(OPEN, ANS, 8), View(OPEN, KARIM, 9)],), 2, lambda tx: len(views.of_lead(tx, WIJK, OPEN))
        ),
        Example(views.of_lead, (OPEN,), [View(OPEN, ANS, 8)]),
        Example(views.of_member, (ANS,), [View(OPEN, ANS, 8)]),
        Example(views.forget_lead, (OPEN,), [], lambda tx: views.of_lead(tx, WIJK, OPEN)),
        Example(views.forget_those, (ANS, [OPEN]), [], lambda tx: views.of_lead(tx, WIJK, OPEN)),
        Example(views.forget_messages, (ANS, [8]), [], lambda tx: views.of_lead(tx, WIJK, OPEN)),
        Example(views.forget_member, (ANS,), [], lambda tx: views.of_lead(tx, WIJK, OPEN)),
        Example(leases.renew, ("one", 60), {WIJK}, in_wijk=False),
        Example(leases.free, (["ginds", WIJK],), ["ginds"], in_wijk=False),
        Example(leases.take, ("other", 60), False),
        Example(leases.release, ("one",), [WIJK], lambda tx: leases.free(tx, [WIJK]), in_wijk=False),
        Example(
            outbox.add,
            ([FOR_FATMA, replace(FOR_FATMA, id=3), replace(FOR_FATMA, id=4)], NOW),
            4,
            lambda tx: outbox.count(tx, WIJK),
        ),
        Example(outbox.due, (NOW,), [FOR_ANS]),
        Example(outbox.newer, (1, NOW), [FOR_ANS]),
        Example(outbox.of, (FATMA, NOW, 5, 1), [FOR_FATMA]),
        Example(outbox.crowded, (), []),
        Example(
            outbox.drop_replaced,
            ([Message(9, ANS, {}, replaces="card"), Message(9, KARIM, {}, replaces="card")],),
            2,
            lambda tx: outbox.count(tx, WIJK),
        ),
        Example(outbox.newest, (), 2),
        Example(outbox.standing, ([2, 3],), {2}),
        Example(outbox.done, ([1, 2],), 0, lambda tx: outbox.count(tx, WIJK)),
        Example(outbox.later, (1, NOW, 4), [(1, 4), (2, 0)], waiting),
        Example(outbox.dead, (1, "refused", NOW), [(2, 0)], waiting),
        Example(outbox.drop_for, (FATMA,), 1),
        Example(outbox.drop_about, ([OPEN, CLOSED],), 1),
        Example(outbox.leads_for, (ANS,), {OPEN}),
        Example(outbox.drop_to, (ANS, [OPEN]), 1),
        Example(outbox.waiting, (ANS,), [FOR_ANS]),
        Example(outbox.count, (), 2),
        Example(held_messages.add, ([HELD], NOW), [HELD], lambda tx: held_messages.held(tx, WIJK, KARIM)),
        Example(held_messages.held, (KARIM,), [HELD]),
        Example(held_messages.take, (KARIM,), [HELD]),
        Example(held_messages.forget_before, (NOW + timedelta(days=1), 5), [HELD]),
        Example(said_messages.add, ([(FATMA, 6), (FATMA, 7)], NOW), [6, 7], said),
        Example(said_messages.take, (FATMA, NOW, 6), []),
        Example(sent_messages.recent, (ANS, NOW), {8}),
        Example(sent_messages.take, (ANS, NOW, 9), [8]),
        Example(sent_messages.take_old, (ANS, NOW + timedelta(hours=1), 9, 5), [8]),
        Example(
            sent_messages.add,
            ([SentMessage(KARIM, 9, OPEN), SentMessage(BEP, 9, OPEN)], NOW),
            [SentMessage(KARIM, 9, OPEN), SentMessage(ANS, 8, OPEN)],
            lambda tx: sent_messages.of_lead(tx, WIJK, OPEN),
        ),
        Example(sent_messages.take_sounds, (NOW, 9), [SOUND]),
        Example(spoken_messages.add, (), spoken, lambda tx: heard(tx, 2), spoken_of),
        Example(spoken_messages.get, (said_by_ans,), spoken, lambda tx: heard(tx, 1)),
        Example(sent_messages.of_lead, (OPEN,), [SentMessage(ANS, 8, OPEN)]),
        Example(sent_messages.about_leads, (ANS,), [SentMessage(ANS, 8, OPEN)]),
        Example(sent_messages.about, (ANS, 8), OPEN),
        Example(sent_messages.sent_at, (ANS, 8), NOW),
        Example(sent_messages.forget, (ANS,), [], lambda tx: sent_messages.of_lead(tx, WIJK, OPEN)),
        Example(sequence.draw, (3,), range(1, 4)),
        Example(updates.claim, ("telegram", [7, 8, 9], NOW), {9}),
        Example(updates.claim_albums, ("telegram", ["een"], NOW), {"een"}),
        Example(updates.highest, ("telegram",), 8),
        Example(
            updates.fail,
            ("telegram", 9, "ValueError", NOW),
            1,
            lambda tx: len(tx.execute(tables.failures.select()).all()),
        ),
        Example(audit.add, (ANS, "lead.opened", NOW), 2, lambda tx: len(audit.since(tx, WIJK, NOW))),
        Example(audit.since, (NOW,), [audit.Entry(NOW, ANS, "lead.opened", OPEN)]),
        Example(link_counts.add, ("lift", TODAY), {TODAY: 2}, lambda tx: link_counts.of_code(tx, WIJK, "lift")),
        Example(link_counts.of_code, ("lift",), {TODAY: 1}),
        Example(link_counts.forget_unknown, (["deur"], 10), {}, lambda tx: link_counts.of_code(tx, WIJK, "lift")),
        Example(group_answers.first_today, ("telegram:-5", TODAY), False),
        Example(
            expiry.forget,
            (NOW + timedelta(days=3), 1),
            {"updates": 1},
            lambda tx: dict(+expiry.forget(tx, WIJK, NOW + timedelta(days=3), 1)),
        ),
        Example(expiry.due, (tables.updates, seen, NOW + timedelta(days=3), 9), 2, lambda tx: len(old(tx))),
        Example(
            expiry.empty,
            (tables.switches, turned, [tables.switches.c.changed_by], NOW + timedelta(days=366), 9),
            1,
        ),
        Example(row_ids.draw, (3,), 8),
        Example(switches.all, (), {"partner.goos.state": "full"}),
        Example(
            switches.put,
            ("partner.goos.state", "open", None, NOW),
            {"partner.goos.state": "open"},
            lambda tx: switches.all(tx, WIJK),
        ),
    ]


def verbs() -> set[Verb]:
    """The public functions in the rooms of `db` that have verbs, whose first argument is a transaction."""
    found: set[Verb] = set()
    for floor in ("people", "leads", "queue", "records"):
        folder = import_module(f"{db.__name__}.{floor}")
        for name in (each.name for each in walk_packages(folder.__path__, f"{folder.__name__}.")):
            module = import_module(name)
            for key, function in inspect.getmembers(module, inspect.isfunction):
                own = function.__module__ == module.__name__ and not key.startswith("_")
                if own and next(iter(inspect.signature(function).parameters), "") == "tx":
                    found.add(function)
    return found


@pytest.mark.both_stores
def test_every_verb_does_the_same_on_both_engines(store: Store) -> None:
    with store.write() as tx:
        told = examples(tx, live(tx))
        assert {each.verb for each in told} == verbs()
        wrong = {}
        for each in told:
            with tx.begin_nested() as undo:
                if (seen := each.seen(tx)) != each.gives:
                    wrong[f"{each.verb.__module__}.{each.verb.__name__}"] = (seen, each.gives)
                undo.rollback()
    assert wrong == {}
