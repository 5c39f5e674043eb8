"""Inserting documents that hold a copy of all questions of a quiz.

With a document for each of 6,000 choices this would take most of the time that a request has, so
the questions of such a document are plain until it is inserted.
"""

from typing import TypeVar

from mongoengine import NotUniqueError
from pymongo.errors import DuplicateKeyError

from apps.quizzes.documents import Attempt, QuestionImport, content_of
from apps.quizzes.selectors.contents import QuestionContent

Copy = TypeVar("Copy", Attempt, QuestionImport)


def insert_copy(document: Copy) -> Copy:
    """
    Insert a document, or return the one that an earlier try has made of the same id.

    :param document: it has an id, and its `questions` are :class:`QuestionContent`
    :raises NotUniqueError: another document holds one of its unique values
    """
    questions = [_row(one) for one in document.questions]
    row = {name: value for name, value in document.to_mongo().items() if name != "questions"}
    try:
        type(document)._get_collection().insert_one(row | {"questions": questions})
    except DuplicateKeyError as error:
        made = type(document).objects(id=document.id).first()
        if made is None:
            raise NotUniqueError(str(error)) from error
        return made
    return document


def _row(question: QuestionContent) -> dict:
    fields = {name: value for name, value in content_of(question).items() if value is not None}
    choices = [choice._asdict() for choice in question.choices]
    return {"id": question.id} | fields | {"choices": choices}
