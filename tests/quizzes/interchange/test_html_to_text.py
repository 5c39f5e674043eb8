import pytest

from apps.quizzes.interchange.errors import InvalidFile
from apps.quizzes.interchange.html_to_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<p>one</p>\n\n  <p>two</p>\n", "one\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("one<br><br>two", "one\n\ntwo"),
        ("<p>one<br></p><p>two</p>", "one\ntwo"),
        ("<div><div>one</div><h2>two</h2>three</div>", "one\ntwo\nthree"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("a  <b> b </b>\n c", "a b c"),
        ("<b>a</b>b", "ab"),
        ("a&nbsp;&amp;&lt;b&gt; &eacute;&#233;&#xe9;", "a\u00a0&<b> ééé"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("2 < 3 and 4 > 1", "2 < 3 and 4 > 1"),
        ("AT&T &bogus;", "AT&T &bogus;"),
        ('<img src="x.png" alt="an owl"> flies', "an owl flies"),
        ('<img src="x.png">', ""),
        ('<a href="https://example.org/">here</a>', "here"),
        ("10<sup>3</sup> x<sup>n+1</sup> y<sup>k</sup> H<sub>2</sub>O", "10³ xⁿ⁺¹ y^k H2O"),
        ("a<script>alert(1)</script><style>p{}</style>b<!-- c -->", "ab"),
        ("<pre>if x:\n    y\n</pre>z", "if x:\n    y\nz"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ("<p>unclosed <b>tags<p>are closed", "unclosed tags\nare closed"),
        ('<p title="a > b">c</p>', "c"),
        ("<x-unknown>a</x-unknown>", "a"),
    ],
)
def test_html_becomes_its_visible_text(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("one\ntwo", "one\ntwo"),
        ("one <b>\ntwo</b>\n\nthree", "one\ntwo\n\nthree"),
        ("<p>one</p>\n<p>two</p>", "one\ntwo"),
    ],
)
def test_line_breaks_are_kept_in_moodles_automatic_format(html, text):
    assert html_to_text(html, keep_lines=True) == text


@pytest.mark.parametrize("html", ["<ul><li>" * 1_001, "&" * 65_537])
def test_too_much_markup_is_refused(html):
    with pytest.raises(InvalidFile):
        html_to_text(html)


@pytest.mark.parametrize(
    "hostile",
    [
        "".join(f"<b title={number}>" for number in range(900)) + "<p>x" * 900,
        "".join(f"<b title={number}><!--</b>-->" for number in range(201)),
        "<ul>" * 201,
        "a" * 65_537,
        "<br>" * 2_001,
    ],
    ids=["reopened in each paragraph", "closed in comments", "deep", "long", "many tags"],
)
def test_html_that_is_expensive_to_parse_is_refused(hostile):
    with pytest.raises(InvalidFile):
        html_to_text(hostile)
