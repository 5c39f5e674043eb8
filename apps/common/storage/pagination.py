"""Pages of a list: counted, by number, or by a cursor that is equally fast at any depth."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from rest_framework.utils.urls import remove_query_param, replace_query_param

from apps.common.errors import NotFound
from apps.common.storage.cache import Json

PAGE_SIZE = 20
LARGEST_PAGE = 100
CURSOR = re.compile(r"\A(after|before)-([0-9a-f]{24})\Z")


@dataclass(frozen=True)
class Paging:
    """Which part of a list is asked for; `cursor` is None, or "" for the first part."""

    number: int = 1
    size: int = PAGE_SIZE
    cursor: str | None = None


@dataclass(frozen=True)
class Page:
    """A part of a list, its rows ready for JSON, and how the parts beside it are asked for."""

    count: int
    rows: list
    next: dict | None
    previous: dict | None

    def as_json(self) -> Json:
        return vars(self)


def page_of(queryset, paging: Paging, represent: Callable) -> Page:
    """
    Return a part of the queryset, in its own order.

    :raises NotFound: the page is past the end
    """
    page = page_links(queryset.count(), paging)
    start = (paging.number - 1) * paging.size
    page.rows[:] = [represent(document) for document in queryset.skip(start).limit(paging.size)]
    return page


def page_links(count: int, paging: Paging) -> Page:
    """
    Return a page of a list with `count` items, without its rows.

    :raises NotFound: the page is past the end
    """
    start = (paging.number - 1) * paging.size
    if start and start >= count:
        raise NotFound(_("There is no such page."))
    return Page(
        count=count,
        rows=[],
        next={"page": paging.number + 1} if start + paging.size < count else None,
        previous={"page": paging.number - 1} if start else None,
    )


def page_slice(queryset, paging: Paging, represent: Callable) -> Page:
    """Return a part of the queryset, newest first, beginning where the cursor says."""
    count = queryset.count()
    side, mark = _read_cursor(paging.cursor)
    backwards = side == "before"
    if mark:
        queryset = queryset.filter(**{"id__gt" if backwards else "id__lt": mark})
    found = list(queryset.order_by("id" if backwards else "-id").limit(paging.size + 1))
    more = len(found) > paging.size
    documents = found[: paging.size]
    if backwards:
        documents.reverse()
    older = bool(documents) and (more or backwards)
    newer = bool(documents) and (more if backwards else mark is not None)
    return Page(
        count=count,
        rows=[represent(document) for document in documents],
        next={"cursor": f"after-{documents[-1].id}"} if older else None,
        previous={"cursor": f"before-{documents[0].id}"} if newer else None,
    )


def link(request, part: dict | None) -> str | None:
    """Return the address of another part of the list that the request asked for."""
    if part is None:
        return None
    address = request.build_absolute_uri()
    for name in ("page", "cursor"):
        address = remove_query_param(address, name)
    for name, value in part.items():
        address = replace_query_param(address, name, value)
    return address


def _read_cursor(cursor: str | None) -> tuple[str, ObjectId | None]:
    match = CURSOR.fullmatch(cursor or "")
    return (match[1], ObjectId(match[2])) if match else ("after", None)
