import pytest


@pytest.fixture(autouse=True)
def _clean(settings, tmp_path):
    """In place of the suite's own: a thousand cases need no stores."""
    settings.MEDIA_ROOT = tmp_path
