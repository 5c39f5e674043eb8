import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.common.http.etags import etag_of, expected_revisions, is_not_modified

A_TAG = etag_of(7, {"title": "Algebra", "count": 1})


def asking(**headers: str) -> Request:
    return Request(APIRequestFactory().get("/", headers=headers))


def test_an_etag_depends_on_the_revision_and_the_content():
    assert A_TAG.startswith('"7-')
    assert etag_of(7, {"count": 1, "title": "Algebra"}) == A_TAG
    assert etag_of(7, {"title": "Algebra", "count": 2}) != A_TAG
    assert etag_of(8, {"title": "Algebra", "count": 1}) != A_TAG


@pytest.mark.parametrize("given", [A_TAG, f"W/{A_TAG}", f'"x", {A_TAG}', "*"])
def test_the_whole_etag_is_compared_for_not_modified(given):
    assert is_not_modified(asking(**{"If-None-Match": given}), A_TAG)


@pytest.mark.parametrize("given", ["", "x", '"7-0"', etag_of(7, {})])
def test_another_etag_does_not_match(given):
    assert not is_not_modified(asking(**{"If-None-Match": given}), A_TAG)


@pytest.mark.parametrize(
    ("given", "revisions"),
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
def test_if_match_expects_only_the_revision(given, revisions):
    assert expected_revisions(asking(**{"If-Match": given})) == revisions
