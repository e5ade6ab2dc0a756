"""What an end card says on a small phone: who, what, on which day; and a warning whatever else must go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.screens.resident.ends.offers import end_text
from flows.model.chart import Offer
from flows.model.wijk import COORDINATOR
from flows.texts.lines import END, END_TWO, lines
from flows.walk.help import Advice, Help
from tests.simulated import CONTENT

FRIDAY_NIGHT = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
HEADING = "Dit kunnen we doen."
LONG = "Iemand kijkt samen met je naar je rekeningen.\nNeem je post gerust mee.\nOok dichte post."


def help_by(
    *to: str, say: str = LONG, topic: str = "bills", urgent: bool = False, warn: str = "", name: str = ""
) -> Help:
    services = tuple(key for key, each in CONTENT.wijk.services.items() if each.partner in to)[: len(to)]
    offer = Offer(f"advice.offer.{name or topic}", "M2", services, say, topic, urgent=urgent, warn=warn)
    return Help((offer,), to)


def card(*helps: Help, language: str = "nl") -> str:
    return end_text(CONTENT, HEADING, Advice(helps), CONTENT.wijk, language, FRIDAY_NIGHT)


def test_one_helper_is_named_with_what_they_do_and_the_day_on_which_they_are_heard_of() -> None:
    assert card(help_by("goos")).split("\n") == [
        HEADING,
        "",
        "💶 Geld Op Orde Soest (hulp bij geld)",
        *LONG.split("\n"),
        "Je hoort iets op wo 9 december, of eerder.",
    ]


def test_what_cannot_wait_has_a_day_too_and_it_is_the_next_working_day() -> None:
    text = card(help_by("makelaar", urgent=True, topic="cold"))
    assert "🌡️ De sociaal makelaar (helpt mensen in de wijk)" in text
    assert "Je hoort iets op ma 30 november, of eerder." in text


def test_help_is_called_free_only_where_that_is_known() -> None:
    assert "SchuldHulpMaatje (hulp met rekeningen, gratis)" in card(help_by("shm"))
    assert "gratis" not in card(help_by("portaal", topic="damp"))


def test_a_day_that_both_helpers_share_is_said_once() -> None:
    both = card(help_by("shm", say="Eén.", name="a"), help_by("portaal", say="Twee.", topic="damp", name="b"))
    assert both.count("Je hoort iets op") == 1
    apart = card(help_by("shm", say="Eén.", name="a"), help_by("eas", say="Twee.", topic="coach", name="b"))
    assert apart.count("Je hoort iets op") == 2


@pytest.mark.parametrize("language", CONTENT.wijk.languages)
def test_what_does_not_fit_a_phone_is_shortened_but_a_warning_never(language: str) -> None:
    warn = "Betaal wel gewoon je huur. Stop daar nooit mee."
    text = card(
        help_by("goos", name="a", warn=warn),
        help_by("eas", topic="coach", name="b", warn="Wacht met kopen."),
        language=language,
    )
    assert lines(text) <= END_TWO
    assert warn in text
    assert "Wacht met kopen." in text
    assert text.count("⚠️") == 2
    assert "Ook dichte post." not in text, "this is the text that is too long here"


def test_the_same_warning_of_two_offers_is_said_once() -> None:
    two = (help_by("goos", say="Eén.", warn="Wacht.", name="a"), help_by("eas", say="Twee.", warn="Wacht.", name="b"))
    assert card(*two).count("⚠️ Wacht.") == 1


def test_who_is_full_is_told_and_nobody_at_all_is_the_coordinator() -> None:
    help = replace(help_by("shm"), closed=("goos",))
    wijk = CONTENT.wijk.with_switches({"partner.goos.state": "full"}, frozenset(CONTENT.wijk.partners))
    text = end_text(CONTENT, HEADING, Advice((help,)), wijk, "nl", FRIDAY_NIGHT)
    assert "Geld Op Orde Soest zit nu vol.\n💶 SchuldHulpMaatje" in text
    assert "De coördinator (zoekt met je mee)" in card(help_by(COORDINATOR))


def test_two_who_come_together_are_both_named() -> None:
    text = card(help_by("shm", "eas", topic="bills_and_cold"))
    assert "💶 SchuldHulpMaatje (hulp met rekeningen, gratis)\nen Energie Actief Soest" in text
    assert lines(text) <= END_TWO


def test_an_end_card_with_one_helper_fits_the_shorter_limit() -> None:
    assert lines(card(help_by("eas", topic="coach", say=LONG + "\nEn nog een regel die het te lang maakt."))) <= END


def test_beside_what_cannot_wait_what_can_gives_up_its_text_and_then_its_day() -> None:
    def both(warn: str) -> str:
        first = help_by("makelaar", say="Bel vandaag.", topic="heating", urgent=True, warn=warn)
        return card(first, help_by("goos", say="Samen kijk je naar je geld."))

    long = "Let hier goed op, want dit is echt belangrijk vandaag."
    assert "Samen kijk je naar je geld." in both(long)
    bare = both("\n".join([long] * 3))
    assert "Samen kijk je naar je geld." not in bare
    assert bare.count("Je hoort iets op") == 2
    barer = both("\n".join([long] * 4))
    assert "Geld Op Orde Soest" in barer
    assert barer.count("Je hoort iets op") == 1
    assert "Bel vandaag." in barer
    assert "Je hoort iets op ma 30 november, of eerder." in barer
