import signal
from pathlib import Path

import pytest
from django.test import Client

from tests.platform.launched import Product

ENGLISH = '<html lang="en"><head><title>Learning</title>'
SPANISH = '<html lang="es"><head><title>Aprender</title>'
REST = '<meta name="description" content="What it is."></head></html>'


@pytest.fixture
def _planted_routes(settings):
    settings.ROOT_URLCONF = "tests.platform.urls"


@pytest.fixture
def client(_planted_routes):
    """Django's client, which responds to an exception like a server."""
    return Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Render pages without collecting the static files first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def built(settings):
    """A web app as built by `make web-build`."""
    (settings.WEB_APP / "es").mkdir(parents=True)
    (settings.WEB_APP / "index.html").write_text(ENGLISH + REST)
    (settings.WEB_APP / "es" / "index.html").write_text(SPANISH + REST)
    (settings.WEB_APP / "chunk-B1v_n-Jo.js").write_text("1")
    for name in ("theme.js", "ngsw-worker.js", "ngsw.json", "manifest.webmanifest", "icon.svg"):
        (settings.WEB_APP / name).write_text("1")


@pytest.fixture
def started(tmp_path):
    """Return a function that starts products, which are stopped after the test."""
    products = []

    def start(folder: Path = tmp_path / "var", **environment: str) -> Product:
        products.append(Product(folder, **environment))
        return products[-1]

    yield start
    for product in products:
        if product.process.poll() is None:
            product.end(signal.SIGKILL)
