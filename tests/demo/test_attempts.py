"""The demo's simulated submissions follow the rules of the product."""

from random import Random

from bson import ObjectId

from apps.quizzes.documents import ChoiceSnapshot, QuestionSnapshot
from lms.demo.attempts import simulate_submissions
from lms.demo.users import DEMO_STUDENT, STUDENTS


def questions() -> list[QuestionSnapshot]:
    def choices(right: int) -> list[ChoiceSnapshot]:
        return [ChoiceSnapshot(id=ObjectId(), text=str(n), is_correct=n < right) for n in range(4)]

    return [
        QuestionSnapshot(id=ObjectId(), text="1", kind="single", points=1, choices=choices(1)),
        QuestionSnapshot(id=ObjectId(), text="2", kind="multiple", points=1, choices=choices(2)),
        QuestionSnapshot(id=ObjectId(), text="3", kind="true_false", points=1, answer="true"),
        QuestionSnapshot(id=ObjectId(), text="4", kind="short_text", points=1, answer="a\nb"),
        QuestionSnapshot(
            id=ObjectId(), text="5", kind="numeric", points=1, answer="1,5", tolerance=2
        ),
    ]


def submissions_of(
    student: str, *, passes: bool, max_attempts: int | None = None, presented=None, shuffle=False
) -> list:
    return simulate_submissions(
        presented or questions(),
        student=student,
        quiz="Quiz",
        passes=passes,
        max_attempts=max_attempts,
        shuffle=shuffle,
        partial_credit=False,
        pass_mark=70,
        seed=1,
    )


def test_only_students_who_completed_the_lesson_pass_and_they_do_so_last():
    failed = 0
    for student in STUDENTS:
        submissions = submissions_of(student.username, passes=True)
        assert [submission.result.passed for submission in submissions] == [False] * (
            len(submissions) - 1
        ) + [True]
        submissions = submissions_of(student.username, passes=False, max_attempts=3)
        assert not any(submission.result.passed for submission in submissions)
        assert len(submissions) < 3
        failed += len(submissions)
    assert failed > len(STUDENTS) / 3


def test_students_have_no_more_attempts_than_the_quiz_allows():
    for student in STUDENTS:
        assert len(submissions_of(student.username, passes=True, max_attempts=1)) == 1
        assert submissions_of(student.username, passes=False, max_attempts=1) == []


def test_a_seed_always_gives_the_same_submissions():
    presented = questions()
    for student in Random(3).sample(STUDENTS, 5):
        percentages = [
            [
                submission.result.percentage
                for submission in submissions_of(student.username, passes=True, presented=presented)
            ]
            for _ in range(2)
        ]
        assert percentages[0] == percentages[1]


def test_a_wrong_text_is_another_answer_or_a_misspelled_one():
    short = [
        QuestionSnapshot(id=ObjectId(), text=text, kind="short_text", points=1, answer=answer)
        for text, answer in [("1", "Loire\nthe Loire"), ("2", "Garonne"), ("3", "e")]
    ]
    right = {question.id: question.answer.splitlines() for question in short}
    wrong: dict = {question.id: set() for question in short}
    for student in STUDENTS:
        for submission in submissions_of(student.username, passes=False, presented=short):
            for answer in submission.answers:
                if answer.text not in right[answer.question]:
                    wrong[answer.question].add(answer.text)

    for question in short:
        others = {right[other.id][0] for other in short if other != question}
        misspelled = wrong[question.id] - others
        assert wrong[question.id] & others
        assert misspelled
        longest = max(right[question.id], key=len)
        assert all(abs(len(text) - len(longest)) == 1 for text in misspelled)


def test_the_demo_student_passes_with_the_second_attempt():
    submissions = submissions_of(DEMO_STUDENT.username, passes=True)
    assert [submission.result.passed for submission in submissions] == [False, True]
