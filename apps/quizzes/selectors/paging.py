"""Page through the questions or choices of many quizzes, reading only the quizzes on the page."""

from collections.abc import Callable, Sequence

from bson import ObjectId
from mongoengine import Document, QuerySet

from apps.common.storage.pagination import Page, Paging, page_links

Sizes = Sequence[tuple[ObjectId, int]]  # quiz ids in order, each with its number of items


def page_across(
    sizes: Sizes, paging: Paging, *, find: Callable[[list[ObjectId]], QuerySet]
) -> tuple[Page, list[Document]]:
    """
    Return a page without its rows, and the documents for its rows.

    :param find: returns the items of some quizzes, in the order of the quizzes
    :raises NotFound: the page is past the end
    """
    page = page_links(sum(size for _, size in sizes), paging)
    start = (paging.number - 1) * paging.size
    quiz_ids, skipped = _quizzes_between(sizes, start, start + paging.size)
    documents = find(quiz_ids).skip(skipped).limit(paging.size) if quiz_ids else []
    return page, list(documents)


def _quizzes_between(sizes: Sizes, start: int, end: int) -> tuple[list[ObjectId], int]:
    """Return the quizzes with items between two positions, and how many of the first to skip."""
    quiz_ids: list[ObjectId] = []
    before = skipped = 0
    for quiz_id, size in sizes:
        if size and before < end and before + size > start:
            skipped = skipped if quiz_ids else start - before
            quiz_ids.append(quiz_id)
        before += size
    return quiz_ids, skipped
