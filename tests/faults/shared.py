"""A product beside the suite: it shares the suite's accounts and documents, through a proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections

from apps.users import services as users
from apps.users.documents import User
from tests.faults.product import Product
from tests.faults.proxy import MongoProxy


@contextmanager
def beside_the_suite(folder: Path, **given: str) -> Iterator[tuple[Product, MongoProxy]]:
    """Give a product, not started yet, and its way to the suite's MongoDB."""
    sql = connections["default"].settings_dict["NAME"]
    with MongoProxy(urlsplit(settings.MONGODB_URI).port) as proxy:
        product = Product(
            folder,
            DATABASE_URL=f"sqlite:///{sql}",
            MONGODB_URI=f"mongodb://127.0.0.1:{proxy.port}/lms",
            **given,
        )
        with product:
            yield product, proxy


def token_of(person: User) -> str:
    return users.open_session(user=person).access
