"""What the demo's students submitted is made up, by the rules of the product."""

from random import Random

from bson import ObjectId

from apps.quizzes.documents import ChoiceSnapshot, QuestionSnapshot
from lms.demo.attempts import submissions
from lms.demo.people import DEMO_STUDENT, STUDENTS


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


def submitted(
    student: str, *, passes: bool, most: int | None = None, asked=None, shuffle=False
) -> list:
    return submissions(
        asked or questions(),
        student=student,
        quiz="Quiz",
        passes=passes,
        most=most,
        shuffle=shuffle,
        partial_credit=False,
        pass_mark=70,
        seed=1,
    )


def test_who_has_completed_the_lesson_passed_at_last_and_who_has_not_failed():
    failed = 0
    for student in STUDENTS:
        tries = submitted(student.username, passes=True)
        assert [one.graded.passed for one in tries] == [False] * (len(tries) - 1) + [True]
        tries = submitted(student.username, passes=False, most=3)
        assert not any(one.graded.passed for one in tries)
        assert len(tries) < 3
        failed += len(tries)
    assert failed > len(STUDENTS) / 3


def test_nobody_has_more_tries_than_the_quiz_gives():
    for student in STUDENTS:
        assert len(submitted(student.username, passes=True, most=1)) == 1
        assert submitted(student.username, passes=False, most=1) == []


def test_a_seed_gives_one_story():
    asked = questions()
    for student in Random(3).sample(STUDENTS, 5):
        stories = [
            [one.graded.percentage for one in submitted(student.username, passes=True, asked=asked)]
            for _ in range(2)
        ]
        assert stories[0] == stories[1]


def test_a_wrong_text_is_another_answer_or_the_right_one_misspelt():
    short = [
        QuestionSnapshot(id=ObjectId(), text=text, kind="short_text", points=1, answer=answer)
        for text, answer in [("1", "Loire\nthe Loire"), ("2", "Garonne"), ("3", "e")]
    ]
    right = {one.id: one.answer.splitlines() for one in short}
    wrong: dict = {one.id: set() for one in short}
    for student in STUDENTS:
        for made in submitted(student.username, passes=False, asked=short):
            for answer in made.answers:
                if answer.text not in right[answer.question]:
                    wrong[answer.question].add(answer.text)

    for question in short:
        others = {right[one.id][0] for one in short if one != question}
        misspelt = wrong[question.id] - others
        assert wrong[question.id] & others
        assert misspelt
        longest = max(right[question.id], key=len)
        assert all(abs(len(text) - len(longest)) == 1 for text in misspelt)


def test_the_demo_student_passes_at_the_second_try():
    tries = submitted(DEMO_STUDENT.username, passes=True)
    assert [one.graded.passed for one in tries] == [False, True]
