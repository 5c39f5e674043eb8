"""The work that HTML causes for a parser is estimated before it is parsed."""

import pytest

from apps.common.html_limits import HtmlLimits, TooMuchMarkup


def bounds(**more) -> HtmlLimits:
    return HtmlLimits(**{"tags": 5_000, "open": 200, "work": 250_000} | more)


def test_ordinary_html_is_within_the_limits():
    html = bounds()
    html.add('<div class="a"><p>One<p>Two <b>three</b><br><img src="x" alt="y"></div>' * 200)
    html.add("<ul>" + "<li>item" * 300 + "</ul>")
    html.add("<table>" + "<tr><td>a</td><td>b</td></tr>" * 500 + "</table>")
    html.add("<!-- a comment --> 1 < 2 & 3 <4" * 10)


@pytest.mark.parametrize("unclosed", ["<ul>", "<B>", "<a href='x'>", "<x-y>", "<b/>", "<b a"])
def test_the_number_of_open_elements_is_limited(unclosed):
    html = bounds()
    html.add(unclosed * 200)
    with pytest.raises(TooMuchMarkup):
        html.add(unclosed)


@pytest.mark.parametrize(
    "html",
    [
        "<b title=1></i>",
        "<b title=1><i></b>",
        "<b title=1><!-- </b> -->",
        "<b title=1><!--></b>",
        "<b title='</b>'>",
        '<b title=1><i title="</b></i>">',
        "<b title=1><style></b></style>",
        "<b title=1><textarea></b></textarea>",
        "<b title=1><svg></b></svg>",
        "<b title=1><table></b></table>",
        "<b title=1><table><td></b></td></table>",
        "<b title=1><? </b>",
        "<b title=1></b\0",
    ],
)
def test_an_end_tag_that_may_be_ignored_closes_nothing(html):
    with pytest.raises(TooMuchMarkup):
        bounds().add(html * 201)


def test_the_number_of_tags_is_limited():
    html = bounds(tags=10)
    html.add("<br>" * 10)
    with pytest.raises(TooMuchMarkup):
        html.add("<br>")


def test_open_elements_are_counted_at_each_tag():
    html = bounds(work=1_000)
    html.add("<b title=1><b title=2>")
    for _ in range(249):
        html.open("p")
        html.close("p")
    with pytest.raises(TooMuchMarkup):
        html.open("p")


def test_an_end_tag_closes_nothing_outside_a_generated_element():
    html = bounds(open=1)
    html.add("<b>")
    html.open("td")
    html.add("</b>")
    html.close("td")
    with pytest.raises(TooMuchMarkup):
        html.add("<b>")
