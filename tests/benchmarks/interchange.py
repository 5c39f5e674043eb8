"""
How long reading and writing question banks takes among 100, 1,000 and 10,000 lines.

`python -m tests.benchmarks.interchange`; medians, and how much longer ten times as much takes: ten
times, if it is linear. A file holds 300 questions at most, so longer ones have longer questions.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import django

from tests import environment  # noqa: F401

django.setup()

from apps.quizzes.documents import SINGLE  # noqa: E402
from apps.quizzes.interchange import gift, moodle_xml  # noqa: E402
from apps.quizzes.interchange.draft import ChoiceDraft, QuestionDraft  # noqa: E402

SIZES = (100, 1_000, 10_000)  # lines
LINES_EACH = 40  # of a question, with its choices and its explanation
RUNS = 5


def questions(lines: int) -> list[QuestionDraft]:
    """Make questions of so many lines in all, each with texts as long as may be."""
    choices = [ChoiceDraft(f"{number} {'a word ' * 30}", number == 1) for number in range(18)]
    explanation = "\n".join(["~ a line of {some} length # " * 3] * 20)
    return [
        QuestionDraft(f"{number}? " * 100, SINGLE, explanation=explanation, choices=choices)
        for number in range(max(1, lines // LINES_EACH))
    ]


def milliseconds(act: Callable[[], Any]) -> float:
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return median(taken) * 1_000


def main() -> None:
    banks = [questions(lines) for lines in SIZES]
    print(f"{'ms':24}" + "".join(f"{lines:>12,}" for lines in SIZES) + f"{'ratios':>16}")
    for name, form in (("GIFT", gift), ("Moodle XML", moodle_xml)):
        files = [form.write("A bank", bank).encode() for bank in banks]
        show(f"read {name}", [milliseconds(lambda f=file: form.read(f)) for file in files])
        show(f"write {name}", [milliseconds(lambda b=bank: form.write("", b)) for bank in banks])
        print(f"{'  bytes':24}" + "".join(f"{len(file):>12,}" for file in files))


def show(name: str, taken: list[float]) -> None:
    ratios = [later / earlier for earlier, later in zip(taken, taken[1:], strict=False)]
    print(
        f"{name:24}"
        + "".join(f"{one:>12.1f}" for one in taken)
        + "".join(f"{one:>8.1f}" for one in ratios)
    )


if __name__ == "__main__":
    main()
