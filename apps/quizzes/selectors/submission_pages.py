"""Represent submissions, regrades and statistics as the viewer may see them."""

from apps.common.capacity import Capacity
from apps.common.errors import NotFound
from apps.common.storage import rate_limits
from apps.quizzes.documents import Attempt, Quiz
from apps.quizzes.representations import (
    RegradeRepresentation,
    StatisticsRepresentation,
    SubmissionRepresentation,
    represent_regrade,
    represent_submission,
)
from apps.quizzes.selectors.access import get_quiz_as_instructor
from apps.quizzes.selectors.attempts import (
    get_visible_submission,
    has_passed_or_used_all_attempts,
    submissions_changed_by_regrade,
)
from apps.quizzes.selectors.contents import choices_of, questions_of
from apps.quizzes.selectors.statistics import statistics_of
from apps.users.viewer import Viewer

STATISTICS = Capacity(2, wait=1)


def read_submission(submission_id, *, viewer: Viewer) -> SubmissionRepresentation:
    """
    Return a submission with its feedback, and with the answer key if the viewer may see it.

    :raises NotFound: it does not exist, or is not visible to the viewer
    """
    submission = get_visible_submission(submission_id, viewer=viewer)
    if str(submission.student) != viewer.id:
        return represent_submission(submission, with_key=True)
    quiz = Quiz.objects(id=submission.quiz).only("show_key", "max_attempts").first()
    return read_own_submission(submission, quiz)


def read_own_submission(submission: Attempt, quiz: Quiz | None) -> SubmissionRepresentation:
    """Return a submission for its student, with the answer key if the quiz shows it."""
    return represent_submission(submission, with_key=_student_may_see_key(submission, quiz))


def read_statistics(quiz_id, *, viewer: Viewer, every_attempt: bool) -> StatisticsRepresentation:
    """
    Return the statistics of a quiz.

    :param every_attempt: whether to include all submissions, or only the first of each student
    :raises NotFound: it does not exist, or is not visible to the viewer
    :raises NotQuizInstructor: the viewer is a student of the course
    :raises Throttled: the viewer requests statistics too often
    :raises Busy: too many statistics are being computed
    """
    quiz = get_quiz_as_instructor(quiz_id, viewer=viewer)
    rate_limits.check_and_count("statistics", viewer.id)
    with STATISTICS:
        questions = questions_of(quiz)
        choices = choices_of(questions, quiz=quiz)
        return statistics_of(quiz, questions, choices, every_attempt=every_attempt)


def read_regrade(quiz_id, *, viewer: Viewer) -> RegradeRepresentation:
    """
    Return the last regrade of a quiz.

    :raises NotFound: the quiz does not exist, is not visible or was never regraded
    :raises NotQuizInstructor: the viewer is a student of the course
    """
    quiz = get_quiz_as_instructor(quiz_id, viewer=viewer)
    if quiz.regrade is None:
        raise NotFound()
    return read_requested_regrade(quiz)


def read_requested_regrade(quiz: Quiz) -> RegradeRepresentation:
    total, first = submissions_changed_by_regrade(quiz)
    return represent_regrade(quiz, first, total_changes=total)


def _student_may_see_key(submission: Attempt, quiz: Quiz | None) -> bool:
    match quiz.show_key if quiz else "never":
        case "after_submit":
            return True
        case "after_pass":
            return submission.passed or has_passed_or_used_all_attempts(
                quiz_id=submission.quiz,
                student_id=submission.student,
                max_attempts=quiz.max_attempts,
            )
        case _:
            return False
