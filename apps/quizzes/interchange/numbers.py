"""Numbers as people and Moodle write them, read exactly."""

import re
from decimal import Context, Decimal

_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?")
_EXACT = Context(prec=2500)  # holds the sum of any two such numbers
_MOODLES = re.compile(_NUMBER.pattern, re.ASCII)
_WEIGHT_PLACES = 5  # of per cent, as in Moodle's own files


def read_number(text: str) -> Decimal | None:
    """Return the number that is written: `1,5`, `1.5` and `15e-1` are the same; None for none."""
    plain = re.sub(r"\s", "", text).replace("\u2212", "-").replace("\u066b", ".").replace(",", ".")
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def middle_of(least: Decimal, most: Decimal) -> tuple[Decimal, Decimal]:
    """Return the number half way between two, and how far they are from it."""
    middle = _EXACT.divide(_EXACT.add(least, most), Decimal(2))
    return middle, _EXACT.subtract(most, middle)


def for_moodle(answer: str) -> str:
    """Return a number in a form that Moodle takes: as it is written where that is one."""
    number = read_number(answer)
    return answer if number is None or _MOODLES.fullmatch(answer) else str(number)


def plain(number: Decimal | float) -> str:
    """Return a number without an empty fraction: `2` for 2.0."""
    if isinstance(number, Decimal):
        text = format(number, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(number).removesuffix(".0")


def share_of(number: int) -> str:
    """Return what one of so many right choices is worth, in per cent."""
    return plain(Decimal(f"{100 / number:.{_WEIGHT_PLACES}f}"))
