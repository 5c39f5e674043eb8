import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.common.http.etags import etag_of, expected_revisions, is_not_modified

A_TAG = etag_of(7, {"title": "Algebra", "count": 1})


def request_with(**headers: str) -> Request:
    return Request(APIRequestFactory().get("/", headers=headers))


def test_an_etag_depends_on_the_revision_and_the_content():
    assert A_TAG.startswith('"7-')
    assert etag_of(7, {"count": 1, "title": "Algebra"}) == A_TAG
    assert etag_of(7, {"title": "Algebra", "count": 2}) != A_TAG
    assert etag_of(8, {"title": "Algebra", "count": 1}) != A_TAG


@pytest.mark.parametrize("header", [A_TAG, f"W/{A_TAG}", f'"x", {A_TAG}', "*"])
def test_the_whole_etag_is_compared_for_not_modified(header):
    assert is_not_modified(request_with(**{"If-None-Match": header}), A_TAG)


@pytest.mark.parametrize("header", ["", "x", '"7-0"', etag_of(7, {})])
def test_another_etag_does_not_match(header):
    assert not is_not_modified(request_with(**{"If-None-Match": header}), A_TAG)


@pytest.mark.parametrize(
    ("header", "revisions"),
    [
        ("", None),
        ("*", None),
        (A_TAG, [7]),
        (f"W/{A_TAG}", [7]),
        (f'{A_TAG}, "9-ab"', [7, 9]),
        ("garbage", []),
        ('"' + "9" * 30 + '-ab"', []),
    ],
)
def test_if_match_expects_only_the_revision(header, revisions):
    assert expected_revisions(request_with(**{"If-Match": header})) == revisions
