"""What all documents share: references read as ids, revisions, and conditional writes."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NoReturn, TypeVar

from bson import ObjectId
from mongoengine import Document, IntField, NotUniqueError, QuerySet, ReferenceField
from mongoengine.base.fields import BaseField

from apps.common.clock import now_in_milliseconds
from apps.common.errors import NotFound, StaleRevision

Doc = TypeVar("Doc", bound=Document)

MOST_FOLDED = 10_000  # Characters of a normalized name: one may become 18, and each of them three.
MOST_WORDS = 40_000  # Search words of a text of 10,000 characters.
LONGEST_FILE_NAME = 255


class Reference(ReferenceField):
    """A reference that is read as an id, so that no attribute access queries the database."""

    def __init__(self, document_type, **options):
        super().__init__(document_type, dbref=False, **options)

    def __get__(self, instance, owner):
        if instance is None:
            return self
        value = BaseField.__get__(self, instance, owner)
        return getattr(value, "id", value)

    def __set__(self, instance, value):
        value = getattr(value, "id", value)
        super().__set__(instance, ObjectId(value) if isinstance(value, str) else value)

    def to_python(self, value):
        return value


class RevisionedDocument(Document):
    """A document that clients edit; each edit increments its revision in the same write."""

    revision = IntField(default=1)

    meta: dict = {"abstract": True, "auto_create_index": False}


def insert(document: Doc) -> Doc:
    """
    Insert a document, or return the document that an interrupted attempt inserted with this id.

    :raises NotUniqueError: another document has one of its unique values
    """
    try:
        return document.save(force_insert=True)
    except NotUniqueError:
        existing = document.id and type(document).objects(id=document.id).first()
        if existing:
            return existing
        raise


def update(
    document: Doc, *, expected: list[int] | None = None, condition: dict | None = None, **fields
) -> Doc:
    """
    Set fields in one conditional write, and return the updated document.

    :param expected: the revisions that may be changed, or None for any revision
    :raises StaleRevision: the document has another revision
    :raises NotFound: the document was deleted
    """
    fields = _with_updated_at(document, fields)
    return _modify(document, expected, condition, fields, new=True)


def replace(
    document: Doc, *, expected: list[int] | None = None, condition: dict | None = None, **fields
) -> tuple[Doc, Doc]:
    """
    Set fields in one conditional write, and return the document before and after it.

    Because others may write, too, the document before the write may differ from `document`.

    :param expected: the revisions that may be changed, or None for any revision
    :raises StaleRevision: the document has another revision
    :raises NotFound: the document was deleted
    """
    fields = _with_updated_at(document, fields)
    before = _modify(document, expected, condition, fields, new=False)
    after = type(document)._from_son(before.to_mongo())
    for name, value in fields.items():
        setattr(after, name, value)
    after.revision += 1
    return before, after


def _with_updated_at(document: Document, fields: dict) -> dict:
    if "updated_at" in document._fields:
        return fields | {"updated_at": now_in_milliseconds()}
    return fields


def _modify(
    document: Doc, expected: list[int] | None, condition: dict | None, fields: dict, *, new: bool
) -> Doc:
    condition = (
        (condition or {})
        | {"id": document.id}
        | ({} if expected is None else {"revision__in": expected})
    )
    if "removed" in document._fields:
        condition["removed__ne"] = True
    changes = {f"set__{name}": value for name, value in fields.items()}
    modified = type(document).objects(**condition).modify(new=new, inc__revision=1, **changes)
    if modified is None:
        raise_not_written(type(document), document.id)
    return modified


def delete(
    document: Document, *, expected: list[int] | None = None, condition: dict | None = None
) -> None:
    """
    Delete a document.

    :raises StaleRevision: the document has another revision, or does not meet the condition
    :raises NotFound: the document was already deleted
    """
    conditions = (condition or {}) | ({} if expected is None else {"revision__in": expected})
    if not type(document).objects(id=document.id, **conditions).delete():
        raise_not_written(type(document), document.id)


def raise_not_written(kind: type[Document], document_id: ObjectId) -> NoReturn:
    """
    Raise the reason why a conditional write has changed nothing.

    :raises NotFound: the document was deleted
    :raises StaleRevision: it was edited in the meantime
    """
    exists = {"removed__ne": True} if "removed" in kind._fields else {}
    if kind.objects(id=document_id, **exists).count() == 0:
        raise NotFound()
    raise StaleRevision()


def matches_any_pair(pairs: Iterable[tuple], **conditions) -> dict:
    """
    Return the MongoDB condition that a document belongs to one of the pairs.

    Two lists, of all students and of all courses, would match every combination of them.

    :param pairs: of a student's id and a course's id
    :param conditions: further conditions. Each branch contains them, so that an index can answer
        it alone; next to the `$or`, each document found would be compared with all branches.
    """
    by_student: dict[ObjectId, list[ObjectId]] = defaultdict(list)
    by_course: dict[ObjectId, list[ObjectId]] = defaultdict(list)
    for student, course in set(pairs):
        by_student[ObjectId(student)].append(ObjectId(course))
        by_course[ObjectId(course)].append(ObjectId(student))
    if not by_course:
        return {"_id": {"$in": []}}
    if len(by_student) < len(by_course):
        grouped, one, others = by_student, "student_id", "course_id"
    else:
        grouped, one, others = by_course, "course_id", "student_id"
    return {"$or": [{one: key, others: {"$in": ids}, **conditions} for key, ids in grouped.items()]}


def for_each(documents: QuerySet, do: Callable[[Doc], object]) -> int:
    """
    Call `do` with each of the documents, and return their number.

    The ids are read first and each document in its turn, because many large documents would not fit
    into memory. A document that no longer matches the query is skipped.
    """
    number = 0
    for document_id in list(documents.scalar("id").no_cache()):
        document = documents.filter(id=document_id).first()
        if document is not None:
            do(document)
            number += 1
    return number
