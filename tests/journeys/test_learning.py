import httpx
import pytest

from tests.factories import PASSWORD, make_admin
from tests.journeys.learning import run_journey


@pytest.mark.django_db(transaction=True)
def test_a_student_completes_a_course(live_server, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    make_admin(username="head", password=PASSWORD)

    with httpx.Client(base_url=live_server.url, timeout=60) as http:
        steps = run_journey(http, admin="head", password=PASSWORD, mail=tmp_path)

    assert steps[-3] == "failed the quiz, was notified by mail, and passed: 100 percent"
