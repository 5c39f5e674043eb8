"""Numbers in question files."""

from decimal import Decimal

from apps.quizzes.numbers import EXACT

_WEIGHT_PLACES = 5  # decimal places of percentages, as in Moodle's own files


def to_midpoint_and_tolerance(lower: Decimal, upper: Decimal) -> tuple[Decimal, Decimal]:
    """Return the number halfway between two others, and its distance from them."""
    midpoint = EXACT.divide(EXACT.add(lower, upper), Decimal(2))
    return midpoint, EXACT.subtract(upper, midpoint)


def format_number(number: Decimal | float) -> str:
    """Return a number without trailing zeros: `2` for 2.0."""
    if isinstance(number, Decimal):
        text = format(number, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(number).removesuffix(".0")


def format_share(count: int) -> str:
    """Return the weight of each of `count` right choices, in percent."""
    return format_number(Decimal(f"{100 / count:.{_WEIGHT_PLACES}f}"))
