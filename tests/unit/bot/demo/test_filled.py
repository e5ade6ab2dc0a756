"""The demo can show a wijk that has filled in everything: made up, marked as such, and in no file."""

from __future__ import annotations

from datetime import date

from bot.content.loaded import load_content
from bot.demo.filled import PHONE, filled
from flows.check.ready import ADDRESS, HOURS, gaps
from flows.check.ready import PHONE as NUMBER
from flows.texts.fields import of_wijk

TODAY = date(2026, 11, 30)


def test_a_filled_wijk_lacks_no_number_and_no_door_and_says_that_they_are_made_up() -> None:
    content = load_content("smitsveen")
    before = {(each.kind, each.entry) for each in gaps(content.charts, content.wijk, TODAY)}
    wijk = filled(content, TODAY).wijk
    after = {(each.kind, each.entry) for each in gaps(content.charts, wijk, TODAY)}
    assert {kind for kind, _ in before} >= {NUMBER, ADDRESS, HOURS}
    assert not {kind for kind, _ in after} & {NUMBER, ADDRESS, HOURS}
    for key, line in wijk.lines.items():
        assert line == content.wijk.lines[key] or (line.phone == PHONE and "demo" in line.phone)
    for key, place in wijk.places.items():
        assert place.address == content.wijk.places[key].address or "demo" in place.address
    assert of_wijk(wijk)["line_food"] == PHONE


def test_what_is_known_stays_and_the_files_too() -> None:
    wijk = filled(load_content("smitsveen"), TODAY).wijk
    assert wijk.lines["gas"] == load_content("smitsveen").wijk.lines["gas"]
    assert load_content("smitsveen").wijk.lines["food"].phone == ""
