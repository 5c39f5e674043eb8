"""
How long reading and writing question banks takes among 100, 1,000 and 10,000 lines.

`python -m tests.benchmarks.interchange`; medians, and how much longer ten times as much takes: ten
times, if it is linear. A file holds 300 questions at most, so longer ones have longer questions.
"""

import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Any

from django.conf import settings

from apps.quizzes.documents import SINGLE
from apps.quizzes.interchange import gift, moodle_xml
from apps.quizzes.interchange.draft import ChoiceDraft, QuestionDraft

SIZES = (100, 1_000, 10_000)  # lines
LINES_EACH = 50  # of a question, with its choices and its explanation
RUNS = 5


def questions(lines: int) -> list[QuestionDraft]:
    """Make questions of so many lines in all, each with texts as long as may be."""
    choices = [ChoiceDraft(f"{number} {'a word ' * 30}", number == 1) for number in range(20)]
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
    settings.configure(USE_I18N=False)
    banks = [questions(lines) for lines in SIZES]
    print(f"{'ms':24}" + "".join(f"{lines:>12,}" for lines in SIZES) + f"{'ratios':>16}")
    for name, form in (("GIFT", gift), ("Moodle XML", moodle_xml)):
        files = [form.write("A bank", bank).encode() for bank in banks]
        show(f"read {name}", [milliseconds(partial(form.read, file)) for file in files])
        show(f"write {name}", [milliseconds(partial(form.write, "", bank)) for bank in banks])
        print(f"{'  bytes':24}" + "".join(f"{len(file):>12,}" for file in files))


def show(name: str, taken: list[float]) -> None:
    ratios = [later / earlier for earlier, later in pairwise(taken)]
    print(
        f"{name:24}"
        + "".join(f"{one:>12.1f}" for one in taken)
        + "".join(f"{one:>8.1f}" for one in ratios)
    )


if __name__ == "__main__":
    main()
