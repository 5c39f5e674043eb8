import httpx
import pytest

from tests.factories import PASSWORD, make_admin
from tests.journeys.learning import travel


@pytest.mark.django_db(transaction=True)
def test_registration_to_a_finished_course(live_server, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    make_admin(username="head", password=PASSWORD)

    with httpx.Client(base_url=live_server.url, timeout=60) as http:
        steps = travel(http, admin="head", password=PASSWORD, mail=tmp_path)

    assert steps[-3] == "failed the quiz, was told with its mail, and passed: 100 per cent"
