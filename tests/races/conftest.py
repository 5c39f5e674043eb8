import pytest


@pytest.fixture(autouse=True)
def _each_thread_commits(transactional_db):
    """Racers have SQL connections of their own, which see only what is committed."""
