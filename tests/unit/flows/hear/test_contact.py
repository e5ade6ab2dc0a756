"""Own words hold nothing by which somebody can be reached."""

from __future__ import annotations

import pytest

from flows.hear.contact import holds_contact


@pytest.mark.parametrize(
    "words",
    [
        "bel 06 12345678",
        "06-12 34 56 78",
        "+31 (0)6 123 456 78",
        "bel ٠٦١٢٣٤٥٦٧٨",
        "035 123456",
        "mail fatma@voorbeeld.nl",
        "fatma @ voorbeeld punt nl is niet te lezen, fatma@voorbeeld wel",
        "kijk op www.voorbeeld.nl",
        "https://t.me/iemand",
        "zie voorbeeld.nl",
        "stuur @iemand een bericht",
        "bel nul zes een twee drie vier vijf zes zeven acht",
        "nul zés twaalf vierendertig",
        "zero six one two three four",
        "06 twaalf 34 56 78",
        "06-1\ufe0f\u20e32\ufe0f\u20e33\ufe0f\u20e34\ufe0f\u20e35\ufe0f\u20e3",
        "06🔥12🔥34🔥56🔥78",
        "06*1234*5678",
        "jan at gmail punt com",
        "jan(at)gmail",
        "bit.ly/3x",
        "voorbeeld.amsterdam/x",
        "voorbeeld . nl",
        "voorbeeld punt nl",
    ],
)
def test_what_leads_to_somebody_is_found(words: str) -> None:
    assert holds_contact(words)


@pytest.mark.parametrize(
    "words",
    [
        "Tent bij de flat",
        "Om 14.30 uur in De Plantage",
        "Van 9 tot 12, 20 bewoners, € 150",
        "Di 1-12 en do 3-12",
        "Koffie & thee in flat 3.",
        "Een, twee of drie flats, vier keer per jaar",
        "Zes keer koffie op het punt de Flat, 24/7 open",
        "Zes keer gedaan . De rest komt, o.a. thee",
        "10, 12 en 14 mei",
        "",
    ],
)
def test_a_plain_name_is_taken(words: str) -> None:
    assert not holds_contact(words)
