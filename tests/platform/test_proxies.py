"""An untrusted proxy is reported, because all clients would share its address."""

import pytest
from django.core import checks
from django.core.exceptions import MiddlewareNotUsed

from lms.serving import proxies


def _has_warning() -> bool:
    warnings = checks.run_checks(tags=[checks.Tags.security])
    return "lms.W001" in {warning.id for warning in warnings}


@pytest.mark.parametrize(
    ("public_url", "trusted", "warned"),
    [
        ("https://learn.example.org", 0, True),
        ("https://learn.example.org", 1, False),
        ("http://127.0.0.1:8000", 0, False),
    ],
)
def test_https_without_a_trusted_proxy_is_a_warning(settings, public_url, trusted, warned):
    settings.PUBLIC_URL, settings.TRUSTED_PROXIES = public_url, trusted

    assert _has_warning() is warned


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_forwarded_requests_are_logged_once_without_the_address(rf, caplog, header):
    middleware = proxies.UntrustedProxyMiddleware(lambda request: "answer")

    for _ in range(3):
        assert middleware(rf.get("/")) == "answer"
    assert caplog.text == ""
    for _ in range(3):
        assert middleware(rf.get("/", headers={header: "203.0.113.9"})) == "answer"

    assert caplog.text.count("TRUSTED_PROXIES is 0") == 1
    assert "203.0.113.9" not in caplog.text


def test_with_a_trusted_proxy_the_middleware_is_not_used(settings):
    settings.TRUSTED_PROXIES = 1

    with pytest.raises(MiddlewareNotUsed):
        proxies.UntrustedProxyMiddleware(lambda request: None)
