"""Parse numbers as people write them, without rounding."""

import re
from decimal import Context, Decimal
from unicodedata import decimal

EXACT = Context(prec=2500)  # holds the sum and the difference of any two numbers that we parse
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_SIGNS = str.maketrans({"\u2212": "-", "\u066b": ".", ",": "."})


def parse_number(text: str) -> Decimal | None:
    """Return the number, or None; `1,5`, `1.5` and `15e-1` are the same number."""
    number = to_plain_digits(text)
    return Decimal(number) if _NUMBER.fullmatch(number) else None


def to_plain_digits(number: str) -> str:
    """Remove spaces, and use a decimal point and the digits 0 to 9."""
    plain = re.sub(r"\s", "", number).translate(_SIGNS)
    return plain if plain.isascii() else "".join(str(decimal(sign, sign)) for sign in plain)
