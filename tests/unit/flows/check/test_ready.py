"""What a wijk must still fill in or ask again: listed, with an exit code of its own, and never a mistake."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from bot.content.chores.commands import NOT_READY, check_command
from flows.check.ready import gaps, old, unsaid
from tests.unit.flows.small import Small

MENU, PARTNERS, WIJK = "charts/menu.toml", "wijken/klein/partners.toml", "wijken/klein/wijk.toml"
AMOUNTS, LINES = "wijken/klein/amounts.toml", "lines.toml"
TODAY = date(2026, 11, 30)
DOOR = 'address = "Straat 1"\nopen = [{ days = ["mon"], from = "09:00", to = "12:00" }]\nsource = "A1"'


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Content in which everything is filled in and was asked lately."""
    small = Small(tmp_path)
    small.change(WIJK, 'name = "Het Huis"\nsource = "A1"', f'name = "Het Huis"\n{DOOR}')
    return small


def lacking(small: Small) -> list[str]:
    read = small.read()
    return [str(each.fault()) for each in gaps(read.charts, read.wijken[0], TODAY)]


def checked(small: Small, *, ready: bool) -> int:
    return check_command(small.folder, small.folder / "locale", ready=ready, today=TODAY)


def test_a_wijk_that_filled_everything_in_is_ready(small: Small, capsys: pytest.CaptureFixture[str]) -> None:
    assert lacking(small) == []
    assert checked(small, ready=True) == 0
    assert "Ready: nothing to fill in, nothing to ask again." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        (LINES, 'phone = "112"', 'phone = ""', "wijk.toml [lines.emergency]: Noodnummer: no number to call yet"),
        (WIJK, 'address = "Straat 1"', 'address = ""', "wijk.toml [places.huis]: Het Huis: no address yet"),
        (WIJK, "open = [", "open = [] # [", "wijk.toml [places.huis]: Het Huis: no opening hours yet"),
        (
            *(WIJK, "[places.huis]", '[switches.fund]\nvalue = "unknown"\nsource = ""\nchecked = 0\n\n[places.huis]'),
            "wijk.toml [switches.fund]: fund: nobody knows yet whether it is open",
        ),
        (WIJK, 'money_desk = "goos"\n', "", "wijk.toml [services.money_desk]: hulp bij geld: nobody does this here"),
        (
            *(PARTNERS, 'instead = "goos"', 'instead = "goos"\nstate = "full"\nuntil = 2026-11-29'),
            "partners.toml [shm]: Het Maatje: its last day is over",
        ),
        (
            *(PARTNERS, 'instead = "goos"', 'instead = "goos"\nclosed = [{ from = 2026-11-28, until = 2026-11-29 }]'),
            "partners.toml [shm]: Het Maatje: these days off are over",
        ),
    ],
)
def test_what_lacks_is_told_and_is_no_mistake(
    small: Small, capsys: pytest.CaptureFixture[str], file: str, before: str, after: str, told: str
) -> None:
    if file == LINES:  # danger names 112; another number may lack
        small.write(LINES, (small.folder / LINES).read_text("utf-8").replace("emergency", "other"))
        small.write(LINES, (small.folder / LINES).read_text("utf-8") + Small.emergency)
        told = told.replace("emergency", "other")
    small.change(file, before, after)
    assert small.faults() == []
    (found,) = lacking(small)
    assert found.startswith(told)
    assert checked(small, ready=False) == 0
    assert "Not ready yet: 1 to fill in, 0 to ask again. See: koppelkans check --ready" in capsys.readouterr().out
    assert checked(small, ready=True) == NOT_READY
    assert found in capsys.readouterr().out


def test_a_partner_that_is_full_until_a_day_to_come_lacks_nothing(small: Small) -> None:
    small.change(PARTNERS, 'instead = "goos"', f'instead = "goos"\nstate = "full"\nuntil = {TODAY}')
    assert lacking(small) == []


def test_a_partner_that_is_closed_until_today_lacks_nothing(small: Small) -> None:
    small.change(PARTNERS, 'instead = "goos"', f'instead = "goos"\nclosed = [{{ from = 2026-11-28, until = {TODAY} }}]')
    assert lacking(small) == []


def test_of_several_wijken_the_one_is_named(small: Small, capsys: pytest.CaptureFixture[str]) -> None:
    copytree(small.folder / "wijken" / "klein", small.folder / "wijken" / "groot")
    small.change("wijken/groot/wijk.toml", 'address = "Straat 1"', 'address = ""')
    assert checked(small, ready=True) == NOT_READY
    assert "  groot/wijk.toml [places.huis]: Het Huis: no address yet" in capsys.readouterr().out


def test_a_mistake_comes_before_what_lacks(small: Small) -> None:
    small.change(WIJK, 'address = "Straat 1"', 'address = ""')
    small.change(MENU, 'to = "money_desk"', 'to = "money_dsk"')
    assert checked(small, ready=False) == 1
    assert checked(small, ready=True) != 0


def test_what_nobody_checked_for_sixty_days_is_listed(small: Small) -> None:
    small.change(PARTNERS, "checked = 2026-11-01", "checked = 2019")
    small.change(WIJK, "checked = 2026-11-01", "checked = 0")
    wijk = small.read().wijken[0]
    assert [each.entry for each in old(wijk, date(2026, 12, 31))] == ["goos", "places.huis"]
    assert [each.entry for each in old(wijk, date(2027, 1, 1))][:4] == ["goos", "shm", "places.huis", "emergency"]
    told = [str(each.fault()) for each in old(wijk, date(2026, 12, 31))]
    assert told == [
        "partners.toml [goos]: last known 2019 (A1); ask again, and write the day: checked = 2026-11-22",
        "wijk.toml [places.huis]: never checked; ask, and write the day: checked = 2026-11-22",
    ]


@pytest.mark.parametrize(
    ("checked", "today", "listed"),
    [
        ("2026", date(2026, 12, 31), False),
        ("2026", date(2027, 1, 1), True),
        ("2026-03-01", date(2027, 3, 1), False),
        ("2026-03-01", date(2027, 3, 2), True),
    ],
)
def test_an_amount_is_asked_again_every_year(small: Small, checked: str, today: date, *, listed: bool) -> None:
    small.change(AMOUNTS, "checked = 2026", f"checked = {checked}")
    found = [each.entry for each in old(small.read().wijken[0], today)]
    assert ("saving.shower" in found) is listed


def test_what_is_not_shown_because_the_wijk_lacks_it_is_told_and_is_no_mistake(small: Small) -> None:
    small.change(MENU, 'ask = "Hallo."', 'ask = "Hallo.\\nHuur je van {landlord}?"')
    read = small.read()
    assert small.faults() == []
    assert [str(each) for each in unsaid(read.charts, read.wijken[0])] == [
        "menu.toml [welcome]: {landlord} is not known here: what names it is not shown"
    ]
