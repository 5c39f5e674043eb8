"""Requests to the routes below `/api/auth/`."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from tests.factories import PASSWORD

ADA = {
    "username": "ada",
    "email": "ada@example.org",
    "password1": PASSWORD,
    "password2": PASSWORD,
}
COOKIE_MODE = {"HTTP_X_AUTH_MODE": "cookie"}


def bearer(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def login(client=None, **credentials):
    body = {"username": "ada", "password": PASSWORD} | credentials
    return (client or APIClient()).post("/api/auth/login/", body)


def refresh(token: str, client=None, **headers):
    return (client or APIClient()).post("/api/auth/token/refresh/", {"refresh": token}, **headers)


def link_in(message) -> dict:
    """Return the parameters in the fragment of the link in an email."""
    [word] = [word for word in message.body.split() if word.startswith("http")]
    return {name: value for name, [value] in parse_qs(urlsplit(word).fragment).items()}


def expired(access: str) -> str:
    token = AccessToken(access)
    token.set_exp(from_time=timezone.now() - timedelta(hours=1))
    return str(token)
