from dataclasses import replace

import pytest

from apps.quizzes.interchange import gift, moodle_xml
from tests.quizzes.interchange.drafts import hard_drafts, longest_draft, random_drafts

pytestmark = pytest.mark.parametrize("file_format", [gift, moodle_xml], ids=["gift", "moodle_xml"])


def round_trip(file_format, drafts, *, title="Owls: an/introduction {1}"):
    """Write the questions, read them, and return them without their line numbers."""
    parsed = file_format.read(file_format.write(title, drafts).encode())
    assert (parsed.problems, parsed.unsupported) == ([], [])
    return [replace(draft, line=0) for draft in parsed.questions]


def test_each_question_survives_a_round_trip(file_format):
    for draft in hard_drafts():
        assert round_trip(file_format, [draft]) == [draft]


@pytest.mark.parametrize("seed", range(150))
def test_random_questions_survive_a_round_trip(file_format, seed):
    drafts = random_drafts(seed)

    assert round_trip(file_format, drafts) == drafts


def test_300_questions_of_the_maximum_length_survive_a_round_trip(file_format):
    drafts = [longest_draft()] * 300

    assert round_trip(file_format, drafts) == drafts


@pytest.mark.parametrize("title", ["", "$course$/top", "]]></text>", "{T}", "a\n\nb", "::x:: \\"])
def test_a_title_is_not_read_as_a_question(file_format, title):
    drafts = [longest_draft()]

    assert round_trip(file_format, drafts, title=title) == drafts


def test_questions_that_were_read_are_written_the_same_way(file_format):
    drafts = list(hard_drafts())[:300]
    written = file_format.write("Owls", drafts)

    assert file_format.write("Owls", file_format.read(written.encode()).questions) == written
