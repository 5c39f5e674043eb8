"""Pages of a list: by number, or by a cursor that is equally fast at any depth."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bson import ObjectId
from django.utils.translation import gettext_lazy as _

from apps.common.errors import DomainError, NotFound
from apps.common.storage.cache import Json

PAGE_SIZE = 20
LARGEST_PAGE = 100
LARGEST_PAGE_BYTES = 2_000_000  # of a page's rows as JSON
CURSOR = re.compile(r"\A(after|before)-([0-9a-f]{24})\Z")


class PageTooLarge(DomainError):
    code = "page_too_large"
    detail = _("This page would be too large. Use a smaller page_size.")


@dataclass(frozen=True)
class Paging:
    """The requested page; `cursor` is None for a list paged by number, "" for the first page."""

    number: int = 1
    size: int = PAGE_SIZE
    cursor: str | None = None


@dataclass(frozen=True)
class Page:
    """A page's rows, ready for JSON, and the query parameters of the pages next to it."""

    count: int
    rows: list
    next: dict | None
    previous: dict | None

    def as_json(self) -> Json:
        return vars(self)


def page_of(queryset, paging: Paging, represent: Callable) -> Page:
    """
    Return a page of the queryset, in the queryset's order.

    :raises NotFound: the page is past the end
    """
    page = page_links(queryset.count(), paging)
    start = (paging.number - 1) * paging.size
    page.rows[:] = [represent(document) for document in queryset.skip(start).limit(paging.size)]
    return page


def limit_bytes(rows: Iterable[Json]) -> Iterator[Json]:
    """
    Yield the rows as long as they fit on a page; a single row always does.

    :raises PageTooLarge: they do not fit
    """
    size = 0
    for number, row in enumerate(rows):
        size += len(json.dumps(row, ensure_ascii=False, default=str).encode())
        if number and size > LARGEST_PAGE_BYTES:
            raise PageTooLarge()
        yield row


def page_links(count: int, paging: Paging) -> Page:
    """
    Return a page of a list with `count` items, without its rows.

    :raises NotFound: the page is past the end
    """
    start = (paging.number - 1) * paging.size
    if start and start >= count:
        raise NotFound(_("Page not found."))
    return Page(
        count=count,
        rows=[],
        next={"page": paging.number + 1} if start + paging.size < count else None,
        previous={"page": paging.number - 1} if start else None,
    )


def page_slice(queryset, paging: Paging, represent: Callable) -> Page:
    """Return the page of the queryset at the cursor, newest first."""
    count = queryset.count()
    side, id_at_cursor = _read_cursor(paging.cursor)
    backwards = side == "before"
    if id_at_cursor:
        queryset = queryset.filter(**{"id__gt" if backwards else "id__lt": id_at_cursor})
    # One document more than the page shows whether another page follows.
    documents = list(queryset.order_by("id" if backwards else "-id").limit(paging.size + 1))
    has_more = len(documents) > paging.size
    del documents[paging.size :]
    if backwards:
        documents.reverse()
    has_older = bool(documents) and (has_more or backwards)
    has_newer = bool(documents) and (has_more if backwards else id_at_cursor is not None)
    return Page(
        count=count,
        rows=[represent(document) for document in documents],
        next={"cursor": f"after-{documents[-1].id}"} if has_older else None,
        previous={"cursor": f"before-{documents[0].id}"} if has_newer else None,
    )


def _read_cursor(cursor: str | None) -> tuple[str, ObjectId | None]:
    match = CURSOR.fullmatch(cursor or "")
    return (match[1], ObjectId(match[2])) if match else ("after", None)
