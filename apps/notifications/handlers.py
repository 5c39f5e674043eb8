from apps.common.errors import NotFound
from apps.common.events import answer, subscribe
from apps.courses import selectors as courses
from apps.enrollments.events import StudentEnrolled
from apps.notifications import selectors, services
from apps.notifications.documents import (
    ENROLLED,
    INSTRUCTOR_GRANTED,
    MILESTONE,
    QUIZ_FAILED,
    QUIZ_PASSED,
    QUIZ_REGRADED,
)
from apps.progress.events import MilestoneReached
from apps.quizzes.events import QuizGraded, QuizRegraded
from apps.users.events import InstructorGranted, PersonalData, UserErased


@subscribe(StudentEnrolled)
def notify_of_enrollment(event: StudentEnrolled) -> None:
    services.notify(
        recipient_id=event.student_id,
        kind=ENROLLED,
        key=f"enrolled:{event.student_id}:{event.course_id}",
        link=f"/learn/{event.course_id}",
        title=event.course_title,
    )


@subscribe(MilestoneReached)
def notify_of_milestone(event: MilestoneReached) -> None:
    try:
        title = courses.cached_title(event.course_id)
    except NotFound:  # The course was deleted, and its milestones with it.
        return
    services.notify(
        recipient_id=event.student_id,
        kind=MILESTONE,
        key=f"milestone:{event.student_id}:{event.course_id}:{event.percent}",
        link=f"/courses/{event.course_id}",
        title=title,
        percent=event.percent,
    )


@subscribe(QuizGraded)
def notify_of_grade(event: QuizGraded) -> None:
    services.notify(
        recipient_id=event.student_id,
        kind=QUIZ_PASSED if event.passed else QUIZ_FAILED,
        key=f"quiz:{event.submission_id}",
        link=_submission_link(event),
        title=event.quiz_title,
    )


@subscribe(QuizRegraded)
def notify_of_regrade(event: QuizRegraded) -> None:
    services.notify(
        recipient_id=event.student_id,
        kind=QUIZ_REGRADED,
        key=f"quiz_regraded:{event.regrade_id}:{event.student_id}",
        link=_submission_link(event),
        replaces=f"/quiz/{event.quiz_id}?",
        title=event.quiz_title,
        grade=event.grade,
    )


@subscribe(InstructorGranted)
def notify_of_instructor_role(event: InstructorGranted) -> None:
    services.notify(
        recipient_id=event.user_id,
        kind=INSTRUCTOR_GRANTED,
        key=f"instructor_granted:{event.user_id}:{event.granted_at}",
        link="/studio",
    )


@subscribe(UserErased)
def erase_notifications(event: UserErased) -> None:
    services.erase(event.user_id)


@answer(PersonalData)
def personal_data_about_notifications(question: PersonalData) -> dict:
    return selectors.personal_data_of(question.user_id)


def _submission_link(event: QuizGraded | QuizRegraded) -> str:
    return f"/quiz/{event.quiz_id}?submission={event.submission_id}"
