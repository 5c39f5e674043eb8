"""
Measure how long it takes to read and write question files of 100, 1,000 and 10,000 lines.

`python -m tests.benchmarks.interchange` prints medians, and the ratios between sizes: about ten, if
the time is linear. A file has at most 300 questions, so longer files have longer questions.
"""

import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Any

from apps.quizzes.interchange import gift, moodle_xml
from apps.quizzes.interchange.drafts import SINGLE, ChoiceDraft, QuestionDraft

SIZES = (100, 1_000, 10_000)  # lines
LINES_PER_QUESTION = 50  # with its choices and its explanation
RUNS = 5


def questions(lines: int) -> list[QuestionDraft]:
    """Return questions with a total number of lines, and with texts of the maximum length."""
    choices = [ChoiceDraft(f"{number} {'a word ' * 30}", number == 1) for number in range(20)]
    explanation = "\n".join(["~ a line of {some} length # " * 3] * 20)
    return [
        QuestionDraft(f"{number}? " * 100, SINGLE, explanation=explanation, choices=choices)
        for number in range(max(1, lines // LINES_PER_QUESTION))
    ]


def milliseconds(run: Callable[[], Any]) -> float:
    durations = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        durations.append(time.perf_counter() - start)
    return median(durations) * 1_000


def main() -> None:
    banks = [questions(lines) for lines in SIZES]
    print(f"{'ms':24}" + "".join(f"{lines:>12,}" for lines in SIZES) + f"{'ratios':>16}")
    for name, file_format in (("GIFT", gift), ("Moodle XML", moodle_xml)):
        files = [file_format.write("A bank", bank).encode() for bank in banks]
        print_row(f"read {name}", [milliseconds(partial(file_format.read, file)) for file in files])
        print_row(
            f"write {name}", [milliseconds(partial(file_format.write, "", bank)) for bank in banks]
        )
        print(f"{'  bytes':24}" + "".join(f"{len(file):>12,}" for file in files))


def print_row(name: str, durations: list[float]) -> None:
    ratios = [later / earlier for earlier, later in pairwise(durations)]
    print(
        f"{name:24}"
        + "".join(f"{duration:>12.1f}" for duration in durations)
        + "".join(f"{ratio:>8.1f}" for ratio in ratios)
    )


if __name__ == "__main__":
    main()
