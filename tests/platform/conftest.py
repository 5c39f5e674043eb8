import pytest
from django.test import Client


@pytest.fixture
def _planted_routes(settings):
    settings.ROOT_URLCONF = "tests.platform.urls"


@pytest.fixture
def client(_planted_routes):
    """Django's own client, which answers an exception as a server would."""
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Show pages without collecting the static files first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
