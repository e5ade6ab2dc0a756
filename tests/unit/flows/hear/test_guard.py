"""What typed words must not do: leave a number here that nobody may hold."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.hear.guard import LOOKED, holds_number, is_bsn, is_iban
from flows.model.chart import Question
from tests.simulated import CONTENT

WRITINGS = tomllib.loads(Path(__file__).with_name("numbers.toml").read_text("utf-8"))

WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)


def bsn(first: list[int]) -> str | None:
    """The nine digits that begin so and pass the 11-test, if there are such."""
    last = sum(digit * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11
    return "".join(map(str, first)) + str(last) if last < 10 and any(first) else None


numbers = st.lists(st.integers(0, 9), min_size=8, max_size=8).map(bsn).filter(lambda each: each is not None)


@given(numbers, st.integers(0, 8), st.integers(1, 9))
def test_a_bsn_is_known_and_one_wrong_digit_makes_it_none(number: str, at: int, by: int) -> None:
    assert is_bsn(number)
    other = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert not is_bsn(other)


@given(numbers, st.sampled_from(["", " ", ".", "-"]), st.sampled_from(["{}", "bsn: {}.", "ik ben {} en jij", "x{}"]))
def test_a_bsn_is_found_however_it_is_written(number: str, between: str, around: str) -> None:
    """Pitfall 47."""
    assert holds_number(around.format(between.join(number)))


@pytest.mark.parametrize("words", WRITINGS["refused"])
def test_a_number_that_nobody_may_keep_is_found_however_it_is_written(words: str) -> None:
    for around in ("{}", "dit is het: {}, dank je", "x {} y"):
        assert holds_number(around.format(words))


@pytest.mark.parametrize("words", [*WRITINGS["harmless"], ""])
def test_other_numbers_may_be_written(words: str) -> None:
    assert not holds_number(words)


def test_no_step_takes_words_that_are_longer_than_what_is_looked_at() -> None:
    asked = [each.limit for each in CONTENT.charts.steps.values() if isinstance(each, Question) and each.write]
    assert 0 < max(asked) <= LOOKED


def test_no_writing_takes_long_to_look_at() -> None:
    """Here are writings that a careless pattern takes minutes for."""
    for piece in ("1", "O", "0 ", "NL91", "06", "4 ", "Il", "0a", "+1", "(0", "1-"):
        holds_number(piece * (4096 // len(piece)))


@pytest.mark.parametrize(
    "words",
    [
        "NL91ABNA0417164300",
        "nl91 abna 0417 1643 00",
        "rekening NL91ABNA0417164300, graag",
        "BE68539007547034",
        "BE68 5390 0754 7034",
        "BE68 5390 0754 7034 dank",
        "stuur het naar DE89370400440532013000 alsjeblieft",
    ],
)
def test_a_bank_account_is_found(words: str) -> None:
    assert holds_number(words)


@pytest.mark.parametrize(
    "wrong", ["NL92ABNA0417164300", "NL91ABNA041716430", "NL91", "", "é" * 18, "NL91" * 9, "NL91-ABNA-0417-1643-00"]
)
def test_what_fails_the_test_of_97_is_no_bank_account(wrong: str) -> None:
    assert not is_iban(wrong)


def iban(bare: str) -> str:
    """The account with these characters after its two check digits, which are reckoned here."""
    rest = int("".join(str(int(c, 36)) for c in f"{bare[2:]}{bare[:2]}00"))
    return f"{bare[:2]}{98 - rest % 97:02}{bare[2:]}"


@pytest.mark.parametrize(("length", "counts"), [(14, False), (15, True), (34, True), (35, False)])
def test_a_bank_account_has_15_to_34_characters(length: int, counts: bool) -> None:
    account = iban("NO" + "8" * (length - 4))
    assert is_iban(account) is counts


def test_a_bank_account_is_as_long_as_those_of_its_country() -> None:
    for length, counts in ((14, False), (15, True), (16, False)):
        assert holds_number(f"mijn rekening: {iban('NO' + '8' * (length - 4))}, dank") is counts


def test_a_bank_account_at_the_very_end_is_found_also_when_the_last_word_is_part_of_it() -> None:
    assert holds_number("BE68 5390 0754 7034")
    assert holds_number("het is NL91 ABNA 0417 1643 00")


@pytest.mark.parametrize("words", ["1111222333", "x1112223330", "11122233345", "0111222333"])
def test_nine_digits_within_more_digits_are_no_bsn(words: str) -> None:
    """111222333 passes the test of 11; a phone number in which it stands does not become one."""
    assert is_bsn("111222333")
    assert not holds_number(words)


def test_a_bsn_is_found_behind_another_number_of_nine_digits() -> None:
    assert not holds_number("123456789")
    assert holds_number("klantnummer 123456789, bsn 111222333")
