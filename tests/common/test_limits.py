"""Rate limits, and whose address counts."""

import pytest
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from apps.common import limits
from apps.common.addresses import client_ip
from apps.common.views import ApiView


class Page(ApiView, APIView):
    authentication_classes = []
    permission_classes = [AllowAny]

    def get(self, request):
        return Response({})


@pytest.fixture(autouse=True)
def _limited(settings):
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"anonymous": (3, 60), "failures": (2, 900)}


def ask(address="203.0.113.1", **headers):
    return Page.as_view()(APIRequestFactory().get("/", REMOTE_ADDR=address, headers=headers))


def test_the_fourth_request_of_three_is_a_429_that_says_when_to_come_again():
    statuses = [ask().status_code for _ in range(4)]
    refused = ask()

    assert statuses == [200, 200, 200, 429]
    assert refused.data["code"] == "throttled"
    assert 0 < int(refused["Retry-After"]) <= 60


def test_another_address_is_counted_apart():
    for _ in range(4):
        ask()

    assert ask("203.0.113.2").status_code == 200


def test_a_forwarded_address_counts_from_a_trusted_proxy_alone(settings):
    forged = [ask(**{"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(4)]
    settings.TRUSTED_PROXIES = 1
    behind = [ask(**{"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(4)]

    assert forged == [200, 200, 200, 429]
    assert behind == [200] * 4


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "1.1.1.1"),
        (1, "", "9.9.9.9"),
        (1, " , ", "9.9.9.9"),
    ],
)
def test_the_address_is_the_one_that_the_last_trusted_proxy_saw(
    settings, proxies, forwarded, address
):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = APIRequestFactory().get("/", REMOTE_ADDR="9.9.9.9", headers=headers)

    assert client_ip(request) == address


def test_what_is_reached_is_refused_without_counting():
    limits.check("failures", "ada", "203.0.113.1")
    for _ in range(5):
        limits.check_reached("failures", "ada", "203.0.113.1")
    limits.check("failures", "ada", "203.0.113.1")

    with pytest.raises(limits.Throttled):
        limits.check_reached("failures", "ada", "203.0.113.1")
    limits.check_reached("failures", "bob", "203.0.113.1")


def test_a_counter_names_nobody():
    key, seconds = limits.counter_of("failures", "ada@example.org", "203.0.113.1")

    assert "ada" not in key
    assert "203" not in key
    assert seconds == 900


def test_a_setting_lifts_all_limits(settings):
    settings.RATE_LIMITED = False

    assert {ask().status_code for _ in range(10)} == {200}
