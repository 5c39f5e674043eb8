import pytest

from apps.users.documents import User
from tests.factories import PASSWORD, make_student


@pytest.fixture
def limited(settings):
    settings.RATE_LIMITED = True


@pytest.fixture
def ada() -> User:
    return make_student(username="ada", email="ada@example.org", password=PASSWORD)
