"""Which phone number a shared contact has, if it is one that a person can be reached on."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

_DIALLABLE = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)


def e164(written: str, *, international: bool = False) -> str:
    """Return the number in E.164, or "" when it is not one that a person can be reached on.

    Telegram writes a person's own number in full but often without its plus (`international`); the number on somebody
    else's card may be written as it is dialled in the Netherlands.
    """
    digits = written.strip()
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not digits.startswith("+") and (international or not digits.startswith("0")):
        digits = "+" + digits
    try:
        number = phonenumbers.parse(digits, "NL")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _DIALLABLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
