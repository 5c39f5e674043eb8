"""Pages of the questions and choices of many quizzes; only the quizzes on the page are read."""

from collections.abc import Callable, Sequence

from bson import ObjectId
from mongoengine import Document, QuerySet

from apps.common.storage.pagination import Page, Paging, page_links

Sizes = Sequence[tuple[ObjectId, int]]  # quizzes in order, and how many things each holds


def page_across(
    sizes: Sizes, paging: Paging, *, of_quizzes: Callable[[list[ObjectId]], QuerySet]
) -> tuple[Page, list[Document]]:
    """
    Return a page without its rows, and the documents that it is about.

    :param of_quizzes: returns what some of the quizzes hold, in the order of the quizzes
    :raises Missing: the page is past the end
    """
    page = page_links(sum(size for _, size in sizes), paging)
    start = (paging.number - 1) * paging.size
    chosen, skipped = _span(sizes, start, start + paging.size)
    found = of_quizzes(chosen).skip(skipped).limit(paging.size) if chosen else []
    return page, list(found)


def _span(sizes: Sizes, start: int, end: int) -> tuple[list[ObjectId], int]:
    """Return the quizzes between two places, and how many things of the first come before."""
    chosen: list[ObjectId] = []
    before = skipped = 0
    for quiz_id, size in sizes:
        if size and before < end and before + size > start:
            skipped = skipped if chosen else start - before
            chosen.append(quiz_id)
        before += size
    return chosen, skipped
