"""A number that was typed where one is asked, however it is written; what may be no number is refused."""

from __future__ import annotations

import pytest

from flows.hear.phone import phone


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("06 12345678", "+31612345678"),
        ("0612345678", "+31612345678"),
        ("06-12 34 56 78", "+31612345678"),
        ("06 / 12.34.56.78", "+31612345678"),
        ("+31612345678", "+31612345678"),
        ("+31 (0)6 12345678", "+31612345678"),
        ("0031 6 12345678", "+31612345678"),
        ("035 601 23 45", "+31356012345"),
        ("+49 151 23456789", "+4915123456789"),
        ("00963 933 123 456", "+963933123456"),
        ("٠٦١٢٣٤٥٦٧٨", "+31612345678"),
        ("bel mij op 06 12345678", "+31612345678"),
        ("Mijn nummer: 06-12345678. Dank je!", "+31612345678"),
        ("رقمي ٠٦١٢٣٤٥٦٧٨", "+31612345678"),
        ("\u2066+31 6 12345678\u2069", "+31612345678"),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str, number: str) -> None:
    assert phone(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "06 123",
        "12345678",
        "061234567890",
        "+3161234567",
        "mijn nummer",
        "0800-8115",
        "+12 345",
        "06 1234567a",
        "06 12345678 of 06 87654321",
    ],
)
def test_what_may_be_no_number_is_not_taken(typed: str) -> None:
    assert phone(typed) == ""


def test_a_number_abroad_has_8_to_15_digits() -> None:
    assert [bool(phone("+" + "4" * length)) for length in (7, 8, 15, 16)] == [False, True, True, False]
