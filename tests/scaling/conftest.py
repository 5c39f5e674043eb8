import pytest


@pytest.fixture(autouse=True)
def _clean(settings, tmp_path):
    """Replace the suite's own fixture, because these thousands of cases need no stores."""
    settings.MEDIA_ROOT = tmp_path
