"""Numbers as people and Moodle write them, read exactly."""

import re
from decimal import Context, Decimal
from unicodedata import decimal

_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_EXACT = Context(prec=2500)  # holds the sum of any two such numbers
_SIGNS = str.maketrans({"\u2212": "-", "\u066b": ".", ",": "."})
_WEIGHT_PLACES = 5  # of per cent, as in Moodle's own files


def read_number(text: str) -> Decimal | None:
    """Return the number that is written: `1,5`, `1.5` and `15e-1` are the same; None for none."""
    number = for_moodle(text)
    return Decimal(number) if _NUMBER.fullmatch(number) else None


def for_moodle(number: str) -> str:
    """Return a number as Moodle takes it: without spaces, with a point and plain figures."""
    plain = re.sub(r"\s", "", number).translate(_SIGNS)
    return plain if plain.isascii() else "".join(str(decimal(sign, sign)) for sign in plain)


def middle_of(least: Decimal, most: Decimal) -> tuple[Decimal, Decimal]:
    """Return the number half way between two, and how far they are from it."""
    middle = _EXACT.divide(_EXACT.add(least, most), Decimal(2))
    return middle, _EXACT.subtract(most, middle)


def plain(number: Decimal | float) -> str:
    """Return a number without an empty fraction: `2` for 2.0."""
    if isinstance(number, Decimal):
        text = format(number, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(number).removesuffix(".0")


def share_of(number: int) -> str:
    """Return what one of so many right choices is worth, in per cent."""
    return plain(Decimal(f"{100 / number:.{_WEIGHT_PLACES}f}"))
