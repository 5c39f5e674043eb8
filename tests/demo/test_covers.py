from io import BytesIO

import pytest
from PIL import Image

from lms.demo.covers import HEIGHT, WIDTH, draw_cover

CATEGORIES = ["Programming", "Mathematics", "Something nobody has thought of yet"]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_cover_is_a_picture_of_the_right_size(category):
    picture = Image.open(BytesIO(draw_cover("Thinking in Python", category)))

    assert picture.format == "JPEG"
    assert picture.size == (WIDTH, HEIGHT)


def test_a_title_always_has_the_same_cover():
    assert draw_cover("Logic", "Mathematics") == draw_cover("Logic", "Mathematics")


def test_another_title_or_category_has_another_cover():
    covers = {
        draw_cover("Logic", "Mathematics"),
        draw_cover("Sets", "Mathematics"),
        draw_cover("Logic", "Programming"),
    }

    assert len(covers) == 3


def test_every_composition_can_be_drawn():
    for number in range(40):  # far more titles than there are compositions
        assert draw_cover(f"Title {number}", "Science")
