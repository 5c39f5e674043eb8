"""Erase students from their attempts at quizzes."""

from bson import ObjectId
from mongoengine import QuerySet

from apps.common.storage.rounds import LARGE, delete_in_rounds, in_rounds
from apps.quizzes import selectors
from apps.quizzes.documents import Attempt


def erase_student(user_id: str) -> None:
    """Anonymize the submissions of a user who is being erased, and delete the other attempts."""
    delete_in_rounds(Attempt.objects(student=user_id, submitted_at=None), at_once=LARGE)
    submissions = Attempt.objects(student=user_id)
    anonymous = {
        "set__student": _pseudonym_of(submissions),
        "set__erased": True,
        "unset__undelivered_since": True,
        "unset__pseudonym": True,
    }
    for some in in_rounds(submissions, at_once=LARGE):
        some.update(**anonymous)
    selectors.invalidate_grades(user_id)


def _pseudonym_of(submissions: QuerySet) -> ObjectId:
    """
    Return the random id that replaces the student's.

    The last submission stores it until it is erased, so that a repeated erasure uses the same id.
    """
    interrupted = submissions.filter(pseudonym__ne=None).only("pseudonym").first()
    if interrupted:
        return interrupted.pseudonym
    pseudonym = ObjectId()
    last = submissions.order_by("-id").only("id").first()
    if last:
        Attempt.objects(id=last.id).update_one(set__pseudonym=pseudonym)
    return pseudonym
