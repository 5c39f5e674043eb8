"""
Insert documents that contain a snapshot of all questions of a quiz.

Building an embedded document for each of up to 6,000 choices would take most of a request's time,
so the questions of such a document are plain objects until it is inserted.
"""

from typing import TypeVar

from mongoengine import NotUniqueError
from pymongo.errors import DuplicateKeyError

from apps.quizzes.contents import QuestionContent
from apps.quizzes.documents import Attempt, QuestionImport, content_of

Doc = TypeVar("Doc", Attempt, QuestionImport)


def insert_with_snapshots(document: Doc) -> Doc:
    """
    Insert a document, or return the one that an earlier try has inserted with the same id.

    :param document: has an id, and :class:`QuestionContent` objects as its `questions`
    :raises NotUniqueError: another document has one of its unique values
    """
    questions = [_snapshot_row(question) for question in document.questions]
    row = {name: value for name, value in document.to_mongo().items() if name != "questions"}
    try:
        type(document)._get_collection().insert_one(row | {"questions": questions})
    except DuplicateKeyError as error:
        existing = type(document).objects(id=document.id).first()
        if existing is None:
            raise NotUniqueError(str(error)) from error
        return existing
    return document


def _snapshot_row(question: QuestionContent) -> dict:
    fields = {name: value for name, value in content_of(question).items() if value is not None}
    choices = [choice._asdict() for choice in question.choices]
    return {"id": question.id} | fields | {"choices": choices}
