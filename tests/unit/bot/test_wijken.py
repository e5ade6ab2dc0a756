"""Many wijken over one store, strictly apart: a test that tries to cross, and what it takes to add one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.content.chores.commands import check_command
from bot.content.files import FLOWS, LOCALE
from bot.content.loaded import load_content, load_contents
from bot.demo.simulator import Person, Simulator
from bot.messages.links import INVITATION
from bot.messages.message import Outgoing
from bot.screens.resident.cards import Cards
from db.leads import leads
from db.leads.lead import Lead
from db.people import conversations, invitations, members
from db.queue import outbox
from db.records import switches
from db.store import Store
from flows.model.faults import FlowError
from flows.model.place import Given, Place
from tests import simulated
from tests.unit.db.examples import NOW

HERE, THERE = "smitsveen", "de_eng"
BEGIN = ("/start", "Nederlands", "Begin")
TO_HELP = (
    *("💶 Rekeningen", "Verder ▶", "Ik loop achter", "Nee, gelukkig niet", "Huur", "Gas en stroom", "Verder ▶"),
    *("Buiten de deur", "Ja, graag", "Ja, ik ben 16 of ouder", "Ja, geef dit door"),
)


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content with a second wijk: the first one's folder under another name, with another place to walk to."""
    folder = tmp_path_factory.mktemp("content") / "flows"
    shutil.copytree(FLOWS, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    second = shutil.copytree(folder / "wijken" / HERE, folder / "wijken" / THERE)
    for name in ("wijk.toml", "partners.toml"):
        text = (second / name).read_text("utf-8")
        text = text.replace("de_plantage", "de_linde").replace("De Plantage", "De Linde").replace("Smitsveen", "De Eng")
        (second / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def sims(flows: Path, store: Store) -> tuple[Simulator, Simulator]:
    """Two bots over one store. Their update ids are the same, as two bots' may be."""
    contents = load_contents([HERE, THERE], flows)
    return Simulator(contents[HERE], store), Simulator(contents[THERE], store)


def play(sim: Simulator, person: Person, acts: tuple[str, ...]) -> None:
    for act in acts:
        if act.startswith("/"):
            sim.type(person, act)
        else:
            sim.tap(person, act)


def resident(sim: Simulator) -> Person:
    """The same Telegram person in either simulator."""
    return sim.person("telegram:1001", "Fatma")


def text_of(person: Person) -> str:
    return "\n".join(shown.text for shown in person.chat.values())


def a_lead(sim: Simulator) -> Lead:
    """Fatma asks for help in this wijk."""
    play(sim, resident(sim), BEGIN + TO_HELP)
    with sim.store.read() as tx:
        (lead,) = leads.of_resident(tx, sim.content.wijk.id, resident(sim).id)
    return lead


def member(sim: Simulator, partner: str = "goos") -> Person:
    """Ans works there, at a partner that agreed to its days."""
    ans = sim.person("telegram:2001", "Ans")
    with sim.store.write() as tx:
        switches.put(tx, sim.content.wijk.id, f"partner.{partner}.contact_days", 5, None, sim.handle.now())
        code = invitations.make(tx, sim.content.wijk.id, partner, "partner", None, sim.handle.now())
    sim.type(ans, f"/start {INVITATION}{code}")
    return ans


def test_one_person_in_two_wijken_is_two_people(sims: tuple[Simulator, Simulator]) -> None:
    here, there = sims
    play(here, resident(here), (*BEGIN, "💶 Rekeningen"))
    assert there.type(resident(there), "/start")[0].text.startswith("Kies je taal")
    with here.store.read() as tx:
        found = [conversations.look(tx, each.content.wijk.id, [resident(each).id])[resident(each).id] for each in sims]
    assert [one.language for one in found] == ["nl", ""]


def test_each_wijk_says_its_own_place(sims: tuple[Simulator, Simulator]) -> None:
    for sim, place, other in zip(sims, ("De Plantage", "De Linde"), ("De Linde", "De Plantage"), strict=True):
        a_lead(sim)
        assert place in text_of(resident(sim))
        assert other not in text_of(resident(sim))


def test_a_member_of_one_wijk_sees_no_lead_of_the_other(sims: tuple[Simulator, Simulator]) -> None:
    here, there = sims
    ans = member(here)
    lead = a_lead(there)
    taps = [simulated.under(lead, answer, 1) for answer in ("view", "accept", "write", "decline.no_capacity")]
    for data in taps:
        here.press(ans, None, data)
    assert lead.code not in text_of(ans)
    stranger = there.person("telegram:2001", "Ans")
    for data in (*taps, "desk:inbox:0", "dashboard:home:0"):
        assert lead.code not in "".join(shown.text for shown in there.press(stranger, None, data))
    with here.store.read() as tx:
        assert leads.get(tx, THERE, lead.id) == lead
        assert members.of(tx, THERE, stranger.id) == []


def test_a_member_in_both_wijken_moves_only_the_lead_of_the_bot_they_tap_in(sims: tuple[Simulator, Simulator]) -> None:
    here, there = sims
    ans_here, _ans_there = member(here), member(there)
    mine, theirs = a_lead(here), a_lead(there)
    assert mine.id == theirs.id  # numbers begin anew in every wijk: only the wijk tells them apart
    here.press(ans_here, None, simulated.under(mine, "accept", mine.version))
    with here.store.read() as tx:
        moved, left = leads.get(tx, HERE, mine.id), leads.get(tx, THERE, theirs.id)
    assert moved is not None
    assert moved.status == "accepted"
    assert left == theirs


def test_a_code_of_the_other_wijk_stops_no_help(sims: tuple[Simulator, Simulator]) -> None:
    here, there = sims
    lead = a_lead(there)
    play(here, resident(here), BEGIN)
    here.press(resident(here), None, f"stop_help:{lead.token}:0")
    here.type(resident(here), "/hulp")
    assert lead.code not in text_of(resident(here))
    with here.store.read() as tx:
        assert leads.get(tx, THERE, lead.id) == lead
        assert leads.by_code(tx, HERE, lead.code) is None


def test_an_invitation_opens_only_its_own_wijk(sims: tuple[Simulator, Simulator]) -> None:
    here, there = sims
    with here.store.write() as tx:
        code = invitations.make(tx, HERE, "goos", "coordinator", None, here.handle.now())
    thief = there.person("telegram:6001", "Iemand")
    there.type(thief, f"/start {INVITATION}{code}")
    with here.store.read() as tx:
        assert members.of(tx, THERE, thief.id) == []
    guest = here.person("telegram:6001", "Iemand")
    here.type(guest, f"/start {INVITATION}{code}")
    with here.store.read() as tx:
        assert len(members.of(tx, HERE, guest.id)) == 1
        assert members.of(tx, THERE, thief.id) == members.of(tx, THERE, guest.id) == []


def test_a_switch_of_one_wijk_leaves_the_other_alone(sims: tuple[Simulator, Simulator]) -> None:
    here, there = sims
    chief = here.person("telegram:3001", "Dewi")
    here.type(chief, "/start")
    with here.store.write() as tx:
        members.join(tx, HERE, chief.id, "coordinator", "coordinator", "Dewi", NOW)
    here.press(chief, None, "dashboard:state.goos.full:0")
    with here.store.read() as tx:
        assert here.handle.wijk(tx, here.handle.now()).partners["goos"].state == "full"
        assert there.handle.wijk(tx, there.handle.now()).partners["goos"].state == "open"


def test_erased_in_one_wijk_is_kept_in_the_other(sims: tuple[Simulator, Simulator]) -> None:
    here, there = sims
    for sim in sims:
        a_lead(sim)
        with sim.store.write() as tx:
            waiting = Outgoing(9_999_999, resident(sim).id, "Dag")
            message = outbox.Message(waiting.id, waiting.to, {"text": "Dag"}, NOW)
            outbox.add(tx, sim.content.wijk.id, [message], NOW)
    mine, theirs = resident(here).id, resident(there).id
    here.type(resident(here), "/verwijder")
    here.tap(resident(here), "Ja, wis alles")
    with here.store.read() as tx:
        assert leads.of_resident(tx, HERE, mine) == []
        assert outbox.count(tx, HERE) == 0
        assert mine not in conversations.look(tx, HERE, [mine])
        (kept,) = leads.of_resident(tx, THERE, theirs)
        assert kept.packet
        assert outbox.count(tx, THERE) == 1
        assert theirs in conversations.look(tx, THERE, [theirs])


@pytest.mark.slow
def test_a_wijk_is_a_folder_and_is_checked(flows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_command(flows, LOCALE, THERE) == 0, capsys.readouterr().out
    assert "The content is in order" in capsys.readouterr().out
    partners = flows / "wijken" / THERE / "partners.toml"
    whole = partners.read_text("utf-8")
    partners.write_text(whole.replace("[goos]", "[goes]"), "utf-8")
    try:
        assert check_command(flows, LOCALE, THERE) == 1
        assert "goos" in capsys.readouterr().out
        assert check_command(flows, LOCALE, HERE) == 0, capsys.readouterr().out
    finally:
        partners.write_text(whole, "utf-8")
    assert check_command(flows, LOCALE, "de_egn") == 1
    assert 'Did you mean "de_eng"?' in capsys.readouterr().out


def test_houses_share_what_is_the_same(flows: Path) -> None:
    contents = load_contents([HERE, THERE], flows)
    assert contents[HERE].walk is contents[THERE].walk
    assert [content.wijk.id for content in contents.values()] == [HERE, THERE]
    with pytest.raises(FlowError, match="there is no such folder"):
        load_contents([HERE, "nergens"], flows)


def test_renaming_a_partner_changes_only_the_folder_of_the_wijk(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under another id and another name, in all languages; nothing that is shared knows a partner."""
    folder = flows / "wijken" / THERE
    whole = {path: path.read_text("utf-8") for path in folder.iterdir()}
    try:
        for path, text in whole.items():
            renamed = re.sub(r"\bgoos\b", "geldwinkel", text).replace("Geld Op Orde Soest", "De Geldwinkel")
            path.write_text(renamed, "utf-8")
        assert check_command(flows, LOCALE, THERE) == 0, capsys.readouterr().out
        content = load_contents([THERE], flows)[THERE]
        place = Place("advice.human", (Given("menu.worries", ("unknown",)),), language="en")
        assert content.words.partner("en", content.wijk.partners["geldwinkel"]) == "De Geldwinkel"
        assert Cards(content).of(place, content.wijk, now=NOW).choices
    finally:
        for path, text in whole.items():
            path.write_text(text, "utf-8")


def test_what_is_said_everywhere_names_no_wijk() -> None:
    """Charts, phrases, tips, alarm words, the desk and `locale/` belong to all; a wijk's names stand in its folder."""
    shared = [path for path in FLOWS.rglob("*.toml") if "wijken" not in path.parts]
    shared += [*LOCALE.rglob("*.po"), *LOCALE.rglob("*.pot")]
    wijk = load_content(HERE).wijk
    known = [wijk.name, wijk.municipality, *(place.name for place in wijk.places.values())]
    known += [name for each in wijk.partners.values() if (name := each.name.removeprefix("de "))[:1].isupper()]
    known += [
        "Plantage",
        "Binnenhof",
        "Werkplaats",
        "Stichting Present",
        "Bouwloket",
        "sociaal makelaar",
    ]
    naming = re.compile("|".join(known))
    ids = re.compile("|".join(f'"{each}"' for each in wijk.partners))
    for path in shared:
        lines = [line for line in path.read_text("utf-8").split("\n") if not line.startswith("#")]
        found = [line for line in lines if naming.search(line) or (path.suffix == ".toml" and ids.search(line))]
        assert [line for line in found if 'was = "portaal"' not in line] == [], path.name
    assert len(shared) > 8
