"""Numbers as Moodle writes them."""

from decimal import Decimal

from apps.quizzes.numbers import EXACT

_WEIGHT_PLACES = 5  # of per cent, as in Moodle's own files


def middle_of(least: Decimal, most: Decimal) -> tuple[Decimal, Decimal]:
    """Return the number half way between two, and how far they are from it."""
    middle = EXACT.divide(EXACT.add(least, most), Decimal(2))
    return middle, EXACT.subtract(most, middle)


def plain(number: Decimal | float) -> str:
    """Return a number without an empty fraction: `2` for 2.0."""
    if isinstance(number, Decimal):
        text = format(number, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(number).removesuffix(".0")


def share_of(number: int) -> str:
    """Return what one of so many right choices is worth, in per cent."""
    return plain(Decimal(f"{100 / number:.{_WEIGHT_PLACES}f}"))
