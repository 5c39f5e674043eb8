from dataclasses import dataclass


@dataclass(frozen=True)
class QuizGraded:
    """A submission was graded; told once each."""

    submission_id: str
    quiz_id: str
    lesson_id: str
    course_id: str
    student_id: str
    quiz_title: str
    passed: bool


@dataclass(frozen=True)
class QuizRegraded:
    """A mended key has changed a student's results; told once for each regrade and student."""

    regrade_id: str
    submission_id: str  # the first of those that changed
    quiz_id: str
    lesson_id: str
    course_id: str
    student_id: str
    quiz_title: str
    passed: bool  # now
    grade: float  # now, per cent, by the quiz's way of grading
