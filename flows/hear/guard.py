"""The guard of typed words: they must not leave a number here that nobody may keep.

A BSN, a bank account (IBAN) and the number of a bank card are found however they are written: with spaces and signs
between, invisible characters, digits of another script, letters for digits, and words between when the text says what
it is. Phone numbers, dates and amounts are no such numbers. Nobody may keep a BSN here, not even with consent
(domain.md §4.3).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from flows.hear.plain import BLANK

LOOKED = 1_000
"""So many characters are looked at."""

APART = 3
"""At most so many signs stand between two groups of digits of one number."""

FAR = 40
"""At most so many characters stand between them where the text says that it is a BSN."""

LENGTHS = {
    "NL": 18,
    "BE": 16,
    "DE": 22,
    "FR": 27,
    "LU": 20,
    "GB": 22,
    "IE": 22,
    "ES": 24,
    "PT": 25,
    "IT": 27,
    "AT": 20,
    "CH": 21,
    "PL": 28,
    "CZ": 24,
    "SK": 24,
    "HU": 28,
    "RO": 24,
    "BG": 22,
    "GR": 27,
    "CY": 28,
    "TR": 26,
    "HR": 21,
    "SI": 19,
    "RS": 22,
    "BA": 20,
    "MK": 19,
    "ME": 22,
    "AL": 28,
    "XK": 20,
    "DK": 18,
    "NO": 15,
    "SE": 24,
    "FI": 18,
    "EE": 20,
    "LV": 21,
    "LT": 20,
    "MT": 31,
    "UA": 29,
    "MD": 24,
    "GE": 22,
    "AZ": 28,
    "KZ": 20,
    "IL": 23,
    "SA": 24,
    "AE": 23,
    "QA": 29,
    "KW": 30,
    "BH": 22,
    "JO": 30,
    "LB": 28,
    "EG": 29,
    "TN": 24,
    "PK": 24,
    "IQ": 23,
    "MR": 27,
}
"""How long a bank account of each country is."""

BANKS = "ABNA|INGB|RABO|SNSB|ASNB|RBRB|TRIO|KNAB|BUNQ"
"""The banks by which the Dutch part of an account is known when its beginning is left out."""

_O = "OoОоΟο"
_BSN = re.compile(r"\bbsn|\bsofi|burger\s*service|citizen\s+service", re.IGNORECASE)
_BANK = re.compile(r"iban|rekening|\bbank|account", re.IGNORECASE)
_LETTERS_FOR_DIGITS = re.compile(rf"(?<![^\W_])[0-9{_O}Il]++(?![^\W\d_])")
_DIGITS = re.compile(r"[0-9]+")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_CARD = re.compile(r"4[0-9]{12}(?:[0-9]{3}){0,2}|(?:5[0-8]|2[2-7]|6[0-9])[0-9]{10,17}|3[47][0-9]{13}")
_ABROAD = re.compile(r"(?<![0-9])(?:\+|00)(?:[ ().-]{0,2}[0-9]){10,15}(?![0-9])")
_HERE = re.compile(r"(?<![0-9])\(?0[1-9][0-9]{0,3}\)?(?:[ ./-]{0,3}[0-9]){5,8}(?![0-9])")
_ALONE = r"(?<![0-9])(?<![0-9][-/.:])"
_DATE = re.compile(
    rf"{_ALONE}(?:[0-3]?[0-9]([-/. ])[01]?[0-9]\1(?:19|20)?[0-9]{{2}}(?!\1?[0-9])"
    r"|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?!-?[0-9]))"
)
_TIME = re.compile(rf"{_ALONE}[0-2]?[0-9][:.][0-5][0-9](?![-/.:]?[0-9])")
_AMOUNT = re.compile(r"€ ?[0-9]{1,3}(?:[. ]?[0-9]{3})?(?:,[0-9]{2})?(?![0-9])")
_ACCOUNT = re.compile(rf"(?:{BANKS})([0-9O]{{10}})(?![0-9])")


def holds_number(text: str) -> bool:
    """Return whether the words hold what may be a BSN, a bank account or the number of a bank card.

    No step takes words that are longer than what is looked at.
    """
    bare = _bare(text[:LOOKED])
    if _holds_account(bare) or (
        _BANK.search(bare) and _holds_account(" ".join(_WORD.sub(_only_of_an_account, bare).split()))
    ):
        return True
    digits = _LETTERS_FOR_DIGITS.sub(_as_digits, bare)
    if any(is_card("".join(each)) for run in _runs(digits, APART) for each in _joined(run, 12, 19) if _is_even(each)):
        return True
    digits = _without(digits)
    if any(is_bsn("".join(each)) for run in _runs(digits, APART) for each in _joined(run, 9, 9)):
        return True
    if not _BSN.search(bare):
        return False
    return any(is_bsn("".join(each).zfill(9)) for run in _runs(digits, FAR) for each in _joined(run, 8, 9))


def is_bsn(digits: str) -> bool:
    """Do the 11-test on nine digits: with the weights 9 to 2 and -1, the sum is a multiple of 11."""
    if len(digits) != 9 or not digits.isdigit() or digits == "000000000":
        return False
    return sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0


def is_iban(text: str) -> bool:
    """Do the mod-97 test of ISO 13616 on 15 to 34 characters."""
    bare = "".join(text.split()).upper()
    if not 15 <= len(bare) <= 34 or not bare.isalnum() or not bare.isascii():
        return False
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


def is_card(digits: str) -> bool:
    """Do the test of Luhn on the digits of a bank card, which begin as those of a known kind do."""
    if not _CARD.fullmatch(digits):
        return False
    doubled = [int(each) * 2 for each in digits[-2::-2]]
    return (sum(map(int, digits[::-2])) + sum(each // 10 + each % 10 for each in doubled)) % 10 == 0


def _bare(text: str) -> str:
    """The text in plain letters and digits: what cannot be seen is left out, and digits of any script are ours."""
    plain = []
    for each in unicodedata.normalize("NFKC", text):
        digit = unicodedata.decimal(each, None)
        if digit is not None:
            plain.append(str(digit))
        elif each not in BLANK and unicodedata.category(each) not in ("Cf", "Mn", "Me"):
            plain.append(each)
    return "".join(plain)


def _as_digits(found: re.Match[str]) -> str:
    """Letters that stand for digits: an O beside any digit, a row of capital O's, an l or I where half are digits."""
    written = found.group()
    digits, ones = sum(each.isdigit() for each in written), sum(each in "Il" for each in written)
    if not ones:
        return _read(written) if digits or (len(written) > 1 and written.isupper()) else written
    return _read(written) if digits * 2 >= len(written) else written


def _read(written: str) -> str:
    return "".join("0" if each in _O else "1" if each in "IilL" else each for each in written)


def _without(text: str) -> str:
    """The text without phone numbers, dates, times and amounts; a group of nine digits is none of these."""
    text = _ABROAD.sub("#a", text)
    text = _HERE.sub(lambda found: found.group() if _is_no_phone(found.group()) else "#a", text)
    for each in (_DATE, _TIME, _AMOUNT):
        text = each.sub("#a", text)
    return text


def _is_no_phone(written: str) -> bool:
    groups = _DIGITS.findall(written)
    return sum(map(len, groups)) != 10 or any(len(each) == 9 for each in groups)


def _runs(text: str, far: int) -> Iterator[list[str]]:
    """The groups of digits that may belong to one number, as they follow each other."""
    run: list[str] = []
    end = 0
    for found in _DIGITS.finditer(text):
        between = text[end : found.start()]
        near = len(between) <= far and (far > APART or not (_LETTER.search(between) or ", " in between))
        if run and not near:
            yield run
            run = []
        run.append(found.group())
        end = found.end()
    if run:
        yield run


def _joined(run: Sequence[str], least: int, most: int) -> Iterator[Sequence[str]]:
    """The groups that follow each other in this run and have so many digits together."""
    for start in range(len(run)):
        length = 0
        for end, group in enumerate(run[start:], start + 1):
            length += len(group)
            if length > most:
                break
            if length >= least:
                yield run[start:end]


def _is_even(groups: Sequence[str]) -> bool:
    """Return whether the digits of a card may be parted so: other numbers that stand in a row are not."""
    lengths = [len(each) for each in groups]
    return len(lengths) == 1 or lengths == [4, 6, 5] or (len({*lengths[:-1]}) == 1 and lengths[0] in (1, 2, 4, 8))


def _only_of_an_account(word: re.Match[str]) -> str:
    return word.group() if re.fullmatch(rf"NL|{BANKS}", word.group(), re.IGNORECASE) else " "


def _holds_account(bare: str) -> bool:
    """Look for an account at every letter, in what is left without the signs between."""
    marks = [(at, "O" if each in _O else each) for at, each in enumerate(bare.upper()) if each.isalnum()]
    if len(marks) != len([each for each in bare if each.isalnum()]):  # a letter that has two in capitals
        marks = [(at, each) for at, each in enumerate(bare) if each.isalnum()]
    text = "".join(each for _, each in marks)
    for at in (found.start() for found in _ACCOUNT.finditer(text)):
        if _is_near(marks[at : at + 14]) and _is_account(_read(text[at + 4 : at + 14])):
            return True
    for at in range(len(text) - 14):
        length = LENGTHS.get(text[at : at + 2], 0)
        piece = text[at : at + length]
        if piece and len(piece) == length and _is_near(marks[at : at + length]) and any(map(is_iban, _readings(piece))):
            return True
    return False


def _is_near(marks: Sequence[tuple[int, str]]) -> bool:
    """Return whether these letters and digits follow each other closely."""
    return all(b - a <= APART + 1 for (a, _), (b, _) in pairwise(marks))


def _is_account(digits: str) -> bool:
    """Do the 11-test of Dutch accounts on ten digits; the oldest ones, which begin with zeros, have none."""
    old = digits.startswith("000")
    return old or sum(int(d) * w for d, w in zip(digits, range(10, 0, -1), strict=True)) % 11 == 0


def _readings(written: str) -> Iterator[str]:
    """How an account may have been meant, when letters look like digits; mostly digits make an account."""
    head = written[:2] + _read(written[2:4])
    rests = {written[4:], _read(written[4:])}
    if written.startswith("NL"):
        rests = {written[4:8].replace("0", "O") + _read(written[8:])}
    for rest in rests:
        if head[2:].isdigit() and sum(each.isdigit() for each in rest) * 2 > len(rest):
            yield head + rest
