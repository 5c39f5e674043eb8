"""Rate limits, and the addresses by which clients are counted."""

import time

import pytest
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from apps.common.client_address import client_ip, client_network
from apps.common.http.viewsets import ApiView
from apps.common.storage import rate_limits
from tests.users.racing import race


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


def test_the_fourth_request_of_three_is_a_429_with_a_retry_time():
    statuses = [ask().status_code for _ in range(4)]
    refused = ask()

    assert statuses == [200, 200, 200, 429]
    assert refused.data["code"] == "throttled"
    assert 0 < int(refused["Retry-After"]) <= 60


def test_another_address_has_its_own_counter():
    for _ in range(4):
        ask()

    assert ask("203.0.113.2").status_code == 200


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(settings):
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


def test_checking_a_limit_does_not_count():
    rate_limits.check_and_count("failures", "ada", "203.0.113.1")
    for _ in range(5):
        rate_limits.check_reached("failures", "ada", "203.0.113.1")
    rate_limits.check_and_count("failures", "ada", "203.0.113.1")

    with pytest.raises(rate_limits.Throttled):
        rate_limits.check_reached("failures", "ada", "203.0.113.1")
    rate_limits.check_reached("failures", "bob", "203.0.113.1")


def test_a_counter_key_reveals_no_client():
    key, seconds = rate_limits.counter_key("failures", "ada@example.org", "203.0.113.1")

    assert "ada" not in key
    assert "203" not in key
    assert seconds == 900


def test_a_setting_lifts_all_limits(settings):
    settings.RATE_LIMITED = False

    assert {ask().status_code for _ in range(10)} == {200}


@pytest.mark.parametrize(
    ("text", "ip", "network"),
    [
        ("203.0.113.77", "203.0.113.77", "203.0.113.77"),
        ("203.0.113.77:1234", "203.0.113.77", "203.0.113.77"),
        (" 203.0.113.77 ", "203.0.113.77", "203.0.113.77"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0:0:0:0:0001", "2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]:443", "2001:db8::1", "2001:db8::/64"),
        ('"[2001:db8::1]:443"', "2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ("[fe80::1%25eth0]:80", "fe80::1", "fe80::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7", "198.51.100.7"),
        ("::FFFF:c633:6407", "198.51.100.7", "198.51.100.7"),
        ("[::ffff:198.51.100.7]:99", "198.51.100.7", "198.51.100.7"),
        ("64:ff9b::198.51.100.7", "198.51.100.7", "198.51.100.7"),
        ("2002:c633:6407:9::1", "2002:c633:6407:9::1", "2002:c633:6407::/48"),
        ("::1", "::1", "::/64"),
    ],
)
def test_an_address_in_any_notation_is_counted_by_its_network(settings, text, ip, network):
    settings.TRUSTED_PROXIES = 1
    request = APIRequestFactory().get(
        "/", REMOTE_ADDR="9.9.9.9", headers={"X-Forwarded-For": f"6.6.6.6, {text}"}
    )

    assert (client_ip(request), client_network(request)) == (ip, network)


@pytest.mark.parametrize(
    "hop",
    [
        *("unknown", "_hidden", "-", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4:", "1.2.3.4:x"),
        *("[2001:db8::1", "[2001:db8::1]x", "2001:db8::1::2", "[]", "%eth0", "\xff", "1.2.3.4;5"),
        *("203.0.113.077", "1" * 5000, ":" * 5000, "[" * 5000, "a:" * 5000, "", " ", '"'),
    ],
    ids=lambda hop: hop[:20],
)
def test_a_hop_that_is_not_an_address_gets_no_counter_of_its_own(settings, hop):
    settings.TRUSTED_PROXIES = 1
    request = APIRequestFactory().get(
        "/", REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR=f"6.6.6.6,{hop}"
    )

    assert (client_ip(request), client_network(request)) == ("9.9.9.9", "9.9.9.9")


@pytest.mark.parametrize("direct", ["", "unix:", "garbage"])
def test_a_connection_without_an_address_is_counted_too(direct):
    request = APIRequestFactory().get("/", REMOTE_ADDR=direct)

    assert client_ip(request) == client_network(request) == ""


def test_a_thousand_hops_are_read_from_the_right(settings):
    settings.TRUSTED_PROXIES = 2
    request = APIRequestFactory().get(
        "/", REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR="6.6.6.6," * 100_000 + "1.1.1.1,2.2.2.2"
    )

    assert client_ip(request) == "1.1.1.1"


def test_all_addresses_of_one_ipv6_network_share_a_limit(settings):
    settings.TRUSTED_PROXIES = 1
    hops = ("2001:db8::1", "2001:DB8::0002", "[2001:db8::3]:443", "2001:db8:0:0:9:9:9:9", "x")

    statuses = [ask(**{"X-Forwarded-For": hop}).status_code for hop in hops]

    assert statuses == [200, 200, 200, 429, 200]  # The last one counts as the proxy's own address.
    assert ask(**{"X-Forwarded-For": "2001:db8:0:1::1"}).status_code == 200


@pytest.mark.parametrize(
    ("seconds", "detail"),
    [
        (0.2, "Too many requests. Try again in 1 minute."),
        (60, "Too many requests. Try again in 1 minute."),
        (61, "Too many requests. Try again in 2 minutes."),
        (3600, "Too many requests. Try again in 60 minutes."),
    ],
)
def test_a_429_says_in_minutes_how_long_to_wait(seconds, detail):
    assert rate_limits.Throttled(wait=seconds).detail == detail


def test_a_429_has_the_remaining_time():
    for _ in range(3):
        ask()
    time.sleep(1.1)

    assert 0 < int(ask()["Retry-After"]) < 60


def test_only_the_allowed_number_of_simultaneous_requests_passes():
    answers = race(24, lambda _: rate_limits.check_and_count("anonymous", "203.0.113.1"))

    assert sum(answer is None for answer in answers) == 3
    assert all(isinstance(answer, rate_limits.Throttled | None) for answer in answers)
