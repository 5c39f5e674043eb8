from dataclasses import replace

import pytest

from apps.quizzes.interchange import gift, moodle_xml
from tests.quizzes.interchange.drafts import hard_drafts, longest_draft, random_drafts

pytestmark = pytest.mark.parametrize("form", [gift, moodle_xml], ids=["gift", "moodle_xml"])


def come_back(form, drafts, *, title="Owls: an/introduction {1}"):
    """Write the questions, read them, and return them without their lines."""
    reading = form.read(form.write(title, drafts).encode())
    assert (reading.faults, reading.unsupported) == ([], [])
    return [replace(draft, line=0) for draft in reading.questions]


def test_every_question_comes_back_as_it_was(form):
    for draft in hard_drafts():
        assert come_back(form, [draft]) == [draft]


@pytest.mark.parametrize("seed", range(150))
def test_a_list_of_questions_comes_back_as_it_was(form, seed):
    drafts = random_drafts(seed)

    assert come_back(form, drafts) == drafts


def test_the_longest_question_comes_back_300_times(form):
    drafts = [longest_draft()] * 300

    assert come_back(form, drafts) == drafts


@pytest.mark.parametrize("title", ["", "$course$/top", "]]></text>", "{T}", "a\n\nb", "::x:: \\"])
def test_a_title_is_no_question(form, title):
    drafts = [longest_draft()]

    assert come_back(form, drafts, title=title) == drafts


def test_what_comes_back_is_written_as_it_was(form):
    written = form.write("Owls", hard_drafts())

    assert form.write("Owls", form.read(written.encode()).questions[:300]) == form.write(
        "Owls", list(hard_drafts())[:300]
    )
