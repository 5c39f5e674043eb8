"""Pages by number and by cursor."""

import pytest
from mongoengine import Document, IntField
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.common.errors import NotFound
from apps.common.http.page_links import page_link
from apps.common.storage import pagination
from apps.common.storage.pagination import (
    PageTooLarge,
    Paging,
    limit_bytes,
    page_of,
    page_slice,
)
from tests.command_counter import format_commands, record_commands


class Leaf(Document):
    number = IntField()

    meta = {"collection": "test_leaves", "auto_create_index": False}


@pytest.fixture
def leaves():
    Leaf.drop_collection()
    Leaf.objects.insert([Leaf(number=number) for number in range(1, 8)])
    yield Leaf.objects
    Leaf.drop_collection()


def number_of(leaf: Leaf) -> int:
    return leaf.number


def test_pages_follow_each_other(leaves):
    pages = [
        page_of(leaves.order_by("number"), Paging(number=number, size=3), number_of)
        for number in (1, 2, 3)
    ]

    assert [page.rows for page in pages] == [[1, 2, 3], [4, 5, 6], [7]]
    assert [page.next for page in pages] == [{"page": 2}, {"page": 3}, None]
    assert [page.previous for page in pages] == [None, {"page": 1}, {"page": 2}]
    assert {page.count for page in pages} == {7}


def test_a_page_past_the_end_is_not_found_except_the_first(leaves):
    for number in (4, 1_000_000_000):
        with pytest.raises(NotFound):
            page_of(leaves, Paging(number=number, size=3), number_of)
    empty = page_of(leaves(number=99), Paging(), number_of)
    assert (empty.count, empty.rows, empty.next, empty.previous) == (0, [], None, None)


def test_a_full_last_page_has_no_next_page(leaves):
    assert page_of(leaves, Paging(size=7), number_of).next is None


def test_a_cursor_leads_through_all_items_and_back(leaves):
    pages, cursor, back = [], "", []
    while cursor is not None:
        page = page_slice(leaves, Paging(size=3, cursor=cursor), number_of)
        pages.append(page.rows)
        cursor = (page.next or {}).get("cursor")
    previous = page.previous
    while previous:
        page = page_slice(leaves, Paging(size=3, **previous), number_of)
        back.append(page.rows)
        previous = page.previous

    assert pages == [[7, 6, 5], [4, 3, 2], [1]]
    assert back == [[4, 3, 2], [7, 6, 5]]
    assert page.next
    assert page.count == 7


def test_new_items_do_not_shift_a_cursors_pages(leaves):
    first = page_slice(leaves, Paging(size=3, cursor=""), number_of)
    Leaf(number=8).save()

    second = page_slice(leaves, Paging(size=3, **first.next), number_of)

    assert second.rows == [4, 3, 2]
    newer = page_slice(leaves, Paging(size=3, **second.previous), number_of)
    assert newer.rows == [7, 6, 5]
    assert newer.previous


def test_a_page_at_any_depth_costs_two_commands(leaves):
    deep = page_slice(leaves, Paging(size=2, cursor=""), number_of).next
    deep = page_slice(leaves, Paging(size=2, **deep), number_of).next

    with record_commands() as commands:
        page_slice(leaves, Paging(size=2, **deep), number_of)

    assert len(commands) == 2, format_commands(commands)


def test_a_link_keeps_the_filters_and_replaces_the_page():
    request = Request(APIRequestFactory().get("/api/courses/?free=true&page=2&search=a%26b"))

    assert page_link(request, {"page": 3}).endswith("/api/courses/?free=true&page=3&search=a%26b")
    assert "page=" not in page_link(request, {"cursor": "after-1"})
    assert page_link(request, None) is None


def test_the_rows_of_a_page_are_limited_in_bytes_not_in_characters(monkeypatch):
    monkeypatch.setattr(pagination, "LARGEST_PAGE_BYTES", 100)

    for text in ("x" * 40, "ü" * 20, "🦉" * 10):
        rows = [{"text": text}] * 3
        assert list(limit_bytes(rows[:1])) == rows[:1]
        with pytest.raises(PageTooLarge):
            list(limit_bytes(rows))


def test_no_row_is_read_after_the_row_that_is_too_much(monkeypatch):
    monkeypatch.setattr(pagination, "LARGEST_PAGE_BYTES", 100)
    rows = iter(["x" * 60] * 5)

    with pytest.raises(PageTooLarge):
        list(limit_bytes(rows))

    assert len(list(rows)) == 3


def test_a_single_row_fits_on_a_page_whatever_its_size(monkeypatch):
    monkeypatch.setattr(pagination, "LARGEST_PAGE_BYTES", 10)

    assert list(limit_bytes(["x" * 100])) == ["x" * 100]
