"""Every test begins with empty stores and an empty cache; tasks are done at once."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _indexes(django_db_setup):
    from apps.common.storage.indexes import build_indexes

    build_indexes()


@pytest.fixture(autouse=True)
def _clean(db, settings, tmp_path):
    """Begin with empty stores; tasks are done at once."""
    from django.core.cache import caches

    from apps.common.storage.indexes import documents
    from tests.caches import connect_cache

    connect_cache()  # the product's first connection, before the tests' own
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WEB_APP = tmp_path / "web"  # not built, whatever is built here
    for kind in documents():
        kind._get_collection().delete_many({})
    for cache in caches.all(initialized_only=False):
        cache.clear()


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
