"""Numbers as people write them, read exactly."""

import re
from decimal import Context, Decimal
from unicodedata import decimal

EXACT = Context(prec=2500)  # holds the sum and the difference of any two such numbers
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_SIGNS = str.maketrans({"\u2212": "-", "\u066b": ".", ",": "."})


def read_number(text: str) -> Decimal | None:
    """Return the number that is written: `1,5`, `1.5` and `15e-1` are the same; None for none."""
    number = in_plain_figures(text)
    return Decimal(number) if _NUMBER.fullmatch(number) else None


def in_plain_figures(number: str) -> str:
    """Return what is written without spaces, with a point, and with the figures 0 to 9."""
    plain = re.sub(r"\s", "", number).translate(_SIGNS)
    return plain if plain.isascii() else "".join(str(decimal(sign, sign)) for sign in plain)
