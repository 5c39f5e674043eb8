from dataclasses import dataclass


@dataclass(frozen=True)
class QuizGraded:
    """A submission was graded; published once per submission."""

    submission_id: str
    quiz_id: str
    lesson_id: str
    course_id: str
    student_id: str
    quiz_title: str
    passed: bool


@dataclass(frozen=True)
class QuizRegraded:
    """A regrade changed a student's results; published once per regrade and student."""

    regrade_id: str
    submission_id: str  # the first submission that changed
    quiz_id: str
    lesson_id: str
    course_id: str
    student_id: str
    quiz_title: str
    passed: bool  # after the regrade
    grade: float  # after the regrade, in percent, by the quiz's grading method
