"""
Compare the time of quiz statistics by aggregation and by loading all submissions.

`python -m tests.benchmarks.statistics [submissions …]` on the embedded store, under
`tests/wire/run` on the wire server (whose small heap can hold 1,000 submissions), prints the
better time of two runs in seconds, and the ratio. The embedded store runs in the same process, so
there an aggregation saves memory but no time.
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
        stored = create_submissions(size)
        by_store, in_python = seconds(aggregated, *stored), seconds(loaded, *stored)
        print(f"{size:>12,} {by_store:>11.2f} {in_python:>8.2f} {in_python / by_store:>20.1f}")


def seconds(function: Callable[..., object], *arguments) -> float:
    durations = []
    for _ in range(2):
        start_time = time.perf_counter()
        function(*arguments)
        durations.append(time.perf_counter() - start_time)
    return min(durations)


def create_submissions(size: int):
    """Store submissions of a new quiz; return the quiz, its questions and its choices."""
    from bson import ObjectId

    from apps.quizzes.documents import Answer, Attempt, ChoiceSnapshot, Question, Quiz
    from tests.quizzes.submissions import submission_of

    rng = random.Random(size)
    quiz = Quiz(id=ObjectId(), lesson=ObjectId(), course=ObjectId(), title="Vectors")
    questions = [
        Question(id=ObjectId(), text=f"Question {n}" * 5, kind="single", points=1)
        for n in range(QUESTIONS)
    ]
    choices = {
        question.id: [ChoiceSnapshot(id=ObjectId(), text="A choice") for _ in range(CHOICES)]
        for question in questions
    }

    def submission():
        points = [rng.choice([0, 1]) for _ in questions]
        answers = [
            Answer(question=question.id, choices=[rng.choice(choices[question.id]).id])
            for question in questions
        ]
        return submission_of(quiz, questions, points, answers=answers)

    for start in range(0, size, 1000):
        Attempt.objects.insert([submission() for _ in range(min(1000, size - start))])
    return quiz, questions, choices


def aggregated(quiz, questions, choices):
    from apps.quizzes.selectors.statistics import statistics_of

    return statistics_of(quiz, questions, choices, every_attempt=False)


def loaded(quiz, questions, _choices):
    """Compute the same statistics from loaded submissions."""
    from apps.quizzes.documents import Attempt

    first: dict = {}
    attempts = Attempt.objects(quiz=quiz.id, submitted_at__ne=None).exclude("questions")
    for attempt in attempts.order_by("attempt"):
        first.setdefault(attempt.student, attempt)
    submissions = list(first.values())
    percentages = [submission.percentage for submission in submissions]
    choice_counts = Counter(
        choice
        for submission in submissions
        for answer in submission.answers
        for choice in answer.choices
    )
    scores = {question.id: ([], []) for question in questions}
    for submission in submissions:
        for result in submission.results:
            scores[result.question][0].append(result.points)
            scores[result.question][1].append(submission.score - result.points)
    correlations = [statistics.correlation(x, y) for x, y in scores.values()]
    return statistics.mean(percentages), statistics.median(percentages), choice_counts, correlations


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    import tests.environment  # noqa: F401

    with tempfile.TemporaryDirectory() as folder:
        os.environ["LMS_DATA_DIR"] = str(Path(folder))
        django.setup()
        from apps.common.storage.indexes import build_indexes

        build_indexes()
        main([int(argument) for argument in sys.argv[1:]] or list(SIZES))
