"""A product that shares the accounts and documents of the test run."""

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
def shared_product(folder: Path, **environment: str) -> Iterator[tuple[Product, MongoProxy]]:
    """Yield a product that is not started yet, and its proxy to the MongoDB of the test run."""
    database = connections["default"].settings_dict["NAME"]
    with MongoProxy(urlsplit(settings.MONGODB_URI).port) as proxy:
        product = Product(
            folder,
            DATABASE_URL=f"sqlite:///{database}",
            MONGODB_URI=f"mongodb://127.0.0.1:{proxy.port}/lms",
            **environment,
        )
        with product:
            yield product, proxy


def create_access_token(user: User) -> str:
    return users.open_session(user=user).access
