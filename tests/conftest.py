"""Every test starts with empty stores and an empty cache, and tasks run immediately."""

import pytest

PATIENCE = 60.0  # seconds: longer than a machine with other work to do lets a store take
PATIENT_REDIS = {"SOCKET_TIMEOUT": PATIENCE, "SOCKET_CONNECT_TIMEOUT": PATIENCE}


def pytest_configure():
    """
    Let this process wait for its stores, however busy the machine is, and serve no built web app.

    Tests of a store that is down or frozen use a product of their own, or set the product's limits.
    """
    from django.conf import settings

    settings.STORE_TIMEOUT_SECONDS = PATIENCE
    settings.WHITENOISE_ROOT = None  # a built web app, which each test client would scan
    if settings.REDIS_URL:
        options = settings.REDIS["OPTIONS"] | PATIENT_REDIS
        settings.CACHES["default"] = settings.REDIS | {"OPTIONS": options}


@pytest.fixture(scope="session", autouse=True)
def _stores(django_db_setup):
    from lms.serving import preparation

    preparation.migrate_documents()
    preparation.build_indexes()


@pytest.fixture(autouse=True)
def _clean(db, settings, tmp_path):
    """Start with empty stores, and run tasks immediately."""
    from django.core.cache import caches

    from apps.common.storage.indexes import documents
    from tests.caches import connect_cache

    connect_cache()  # The product's first connection must precede the tests' own.
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WEB_APP = tmp_path / "web"  # Not built, even if the working copy has a build.
    for kind in documents():
        kind._get_collection().delete_many({})
    for cache in caches.all(initialized_only=False):
        cache.clear()


@pytest.fixture
def patient_accounts(monkeypatch, settings):
    """
    Let threads wait for SQLite and for password hashing as long as they need.

    A transaction that can never get the lock fails at once, however long others wait.
    """
    from django.db import connection

    from apps.common.capacity import Capacity

    settings.MOST_WAITING_REQUESTS = 100
    monkeypatch.setattr("apps.users.passwords.hashing", Capacity(2, wait=PATIENCE))
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", PATIENCE)


@pytest.fixture
def anonymous():
    from tests.factories import client_of

    return client_of(None)


@pytest.fixture
def student():
    from tests.factories import make_student

    return make_student()


@pytest.fixture
def instructor():
    from tests.factories import make_instructor

    return make_instructor()


@pytest.fixture
def admin():
    from tests.factories import make_admin

    return make_admin()
