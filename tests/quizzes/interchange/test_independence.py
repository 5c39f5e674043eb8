import subprocess
import sys

LOADED_MODULES = """
import sys
from apps.quizzes.interchange import gift, moodle_xml

assert gift.read(b"An owl is a bird. {T}").questions
assert moodle_xml.read(b"").problems
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_the_formats_load_neither_django_nor_a_database_driver():
    process = subprocess.run(
        [sys.executable, "-c", LOADED_MODULES], capture_output=True, text=True, check=True
    )

    loaded = set(process.stdout.split())
    assert loaded & {"django", "rest_framework", "mongoengine", "pymongo", "bson", "lms"} == set()
