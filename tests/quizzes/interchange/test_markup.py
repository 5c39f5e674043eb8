import pytest

from apps.quizzes.interchange.markup import plain_text
from apps.quizzes.interchange.moodle import Refused


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
def test_html_becomes_what_a_reader_sees(html, text):
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("one\ntwo", "one\ntwo"),
        ("one <b>\ntwo</b>\n\nthree", "one\ntwo\n\nthree"),
        ("<p>one</p>\n<p>two</p>", "one\ntwo"),
    ],
)
def test_lines_are_kept_where_moodle_formats_what_was_typed(html, text):
    assert plain_text(html, keep_lines=True) == text


@pytest.mark.parametrize("html", ["<ul><li>" * 1_001, "&" * 65_537])
def test_mark_up_without_end_is_refused(html):
    with pytest.raises(Refused):
        plain_text(html)


@pytest.mark.parametrize(
    "hostile",
    [
        "".join(f"<b title={number}>" for number in range(900)) + "<p>x" * 900,
        "".join(f"<b title={number}><!--</b>-->" for number in range(201)),
        "<ul>" * 201,
        "a" * 65_537,
        "<br>" * 2_001,
    ],
    ids=["made again in each paragraph", "closed in comments", "deep", "long", "many"],
)
def test_a_text_that_would_multiply_is_refused(hostile):
    with pytest.raises(Refused):
        plain_text(hostile)
