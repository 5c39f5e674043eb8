import pytest


@pytest.fixture(autouse=True)
def _each_thread_commits(transactional_db):
    """Threads have their own SQL connections, which see only committed data."""
