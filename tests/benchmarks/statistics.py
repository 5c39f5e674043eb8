"""
How long the statistics of a quiz take, beside loading all of its submissions in the same run.

`python -m tests.benchmarks.statistics [submissions …]` on the embedded store, under
`tests/wire/run` on the wire server (whose small heap takes 1,000); seconds, the better of two runs,
and the ratio. The embedded store works in the process itself: there an aggregation saves memory,
and no time.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import django

SIZES = (1_000, 10_000)
QUESTIONS = 10
CHOICES = 4


def main(sizes: list[int]) -> None:
    print(f"{'submissions':>12} {'aggregated':>11} {'loaded':>8} {'loaded ÷ aggregated':>20}")
    for size in sizes:
        stored = filled(size)
        by_store, in_python = seconds(aggregated, *stored), seconds(loaded, *stored)
        print(f"{size:>12,} {by_store:>11.2f} {in_python:>8.2f} {in_python / by_store:>20.1f}")


def seconds(act: Callable[..., object], *given) -> float:
    taken = []
    for _ in range(2):
        began = time.perf_counter()
        act(*given)
        taken.append(time.perf_counter() - began)
    return min(taken)


def filled(size: int):
    """Return a new quiz, its questions and choices, with so many submissions stored."""
    from bson import ObjectId

    from apps.quizzes.documents import Answer, Attempt, ChoiceSnapshot, Question, Quiz
    from tests.quizzes.submissions import submission_of

    dice = random.Random(size)
    quiz = Quiz(id=ObjectId(), lesson=ObjectId(), course=ObjectId(), title="Vectors")
    questions = [
        Question(id=ObjectId(), text=f"Question {place}" * 5, kind="single", points=1)
        for place in range(QUESTIONS)
    ]
    choices = {
        one.id: [ChoiceSnapshot(id=ObjectId(), text="A choice") for _ in range(CHOICES)]
        for one in questions
    }

    def submission():
        marks = [dice.choice([0, 1]) for _ in questions]
        answers = [
            Answer(question=one.id, choices=[dice.choice(choices[one.id]).id]) for one in questions
        ]
        return submission_of(quiz, questions, marks, answers=answers)

    for start in range(0, size, 1000):
        Attempt.objects.insert([submission() for _ in range(min(1000, size - start))])
    return quiz, questions, choices


def aggregated(quiz, questions, choices):
    from apps.quizzes.selectors.statistics import statistics_of

    return statistics_of(quiz, questions, choices, every_attempt=False)


def loaded(quiz, questions, _choices):
    """What the same figures take when every submission is loaded."""
    from apps.quizzes.documents import Attempt

    first: dict = {}
    found = Attempt.objects(quiz=quiz.id, submitted_at__ne=None).exclude("questions")
    for one in found.order_by("attempt"):
        first.setdefault(one.student, one)
    submissions = list(first.values())
    percentages = [one.percentage for one in submissions]
    taken = Counter(
        choice for one in submissions for answer in one.answers for choice in answer.choices
    )
    marks = {question.id: ([], []) for question in questions}
    for one in submissions:
        for mark in one.results:
            marks[mark.question][0].append(mark.points)
            marks[mark.question][1].append(one.score - mark.points)
    correlations = [statistics.correlation(x, y) for x, y in marks.values()]
    return statistics.mean(percentages), statistics.median(percentages), taken, correlations


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    import tests.environment  # noqa: F401

    with tempfile.TemporaryDirectory() as folder:
        os.environ["LMS_DATA_DIR"] = str(Path(folder))
        django.setup()
        from apps.common.storage.indexes import build_indexes

        build_indexes()
        main([int(each) for each in sys.argv[1:]] or list(SIZES))
