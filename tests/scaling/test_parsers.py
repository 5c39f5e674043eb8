"""
All code that reads client input takes linear time.

Parsers and modules that import one of READING_LIBRARIES must be listed here, so that new ones are
tested too.
"""

import ast
import io
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from rest_framework.exceptions import APIException
from rest_framework.exceptions import ValidationError as InvalidInput
from rest_framework.parsers import BaseParser
from rest_framework.request import Request as ApiRequest

from apps.common import client_address, logs, normalization
from apps.common.errors import DomainError
from apps.common.html_limits import HtmlLimits, TooMuchMarkup
from apps.common.http import echo, etags, exception_handler, idempotency
from apps.common.http.parsers import FileParser, PictureParser, StrictJSONParser
from apps.common.http.query_params import ListQuery
from apps.common.http.requests import Request, parse_cookies
from apps.common.invisible_characters import remove_invisible
from apps.common.storage import pictures
from apps.lessons import markdown, videos
from apps.quizzes import grading, numbers
from apps.quizzes.interchange import gift, moodle_xml
from apps.quizzes.interchange.errors import InvalidFile
from apps.quizzes.interchange.html_to_text import html_to_text
from apps.users import tokens
from apps.users.emails import validate_email
from apps.users.models import Account
from apps.users.selectors.users import _search_condition as user_search_condition
from apps.users.serializers import RegistrationSerializer
from apps.users.usernames import validate_username
from tests.scaling.growth import problem_with, seconds
from tests.scaling.patterns import sources

# Modules of the standard library and of others that read formats.
READING_LIBRARIES = {
    *("re", "json", "unicodedata", "urllib", "html", "xml", "email", "csv", "base64", "codecs"),
    *("ipaddress", "difflib", "defusedxml", "markdown_it", "nh3", "PIL", "jwt", "idna"),
}
# Modules that import one of these libraries but do not read client input.
OTHERS = {
    "apps.common.storage.cache.store": "writes and reads its own values",
    "apps.common.http.fields": "see test_fields.py",
    "apps.common.http.streaming": "writes responses",
    "apps.common.mail.messages": "writes emails",
    "apps.common.http.middleware": "one bounded pattern, see test_patterns.py",
    "apps.common.storage.pagination": "one bounded pattern, see test_patterns.py",
    "apps.courses.selectors.courses": "writes keys of the cache",
    "apps.users.serializers": "see test_fields.py",
    "apps.quizzes.interchange.moodle_xml.writer": "writes",
    "lms.demo.catalog": "reads the demo's own files",
    "lms.demo.question_banks": "reads the demo's own files",
    "embedded_mongo.integrity": "reads the store's own file",
    "embedded_mongo.filter_analysis": "reads the selectors' conditions",
    "embedded_mongo.update_operators": "reads the services' updates",
    "embedded_mongo.filters": "reads the selectors' conditions",
    "embedded_mongo.terms": "reads the selectors' conditions",
    "lms.serving.launch": "starts the server",
    "lms.serving.worker": "reads heads of bounded length, see test_slow_clients.py",
    "lms.site.web_app": "patterns alone, see test_patterns.py",
}

EXPECTED_ERRORS = (
    *(APIException, DomainError, InvalidFile, ValidationError, SuspiciousOperation, Resolver404),
    *(tokens.InvalidToken, TooMuchMarkup),
)
requests = RequestFactory()


@dataclass
class Reader:
    """A function that reads a client's input, and functions that make input of a given length."""

    read: Callable
    makes: dict[str, Callable[[int], object]]
    size: int = 10_000
    modules: tuple = ()
    parser: type[BaseParser] | None = None

    def __call__(self, value) -> None:
        with suppress(*EXPECTED_ERRORS):
            self.read(value)


def repeated(*units: str, start: str = "", end: str = "") -> dict[str, Callable[[int], str]]:
    return {
        f"{start}{unit}…{end}": lambda n, unit=unit: start + unit * (n // len(unit)) + end
        for unit in units
    }


def as_bytes(makes: dict) -> dict[str, Callable[[int], bytes]]:
    return {name: lambda n, make=make: make(n).encode() for name, make in makes.items()}


def nested(opening: str, closing: str) -> dict[str, Callable[[int], str]]:
    def make(n: int) -> str:
        depth = n // len(opening + closing)
        return opening * depth + closing * depth

    return {f"{opening} in each other": make}


def elements(before: str, make: Callable[[int], str], sign: str, after: str) -> dict:
    """Return n different elements between two texts."""
    return {
        f"{before}{make(1)}{sign}…{after}": lambda n: (
            before + sign.join(map(make, range(n // 8))) + after
        )
    }


TEXTS = repeated(
    "a", " ", "-", "a-", "a.", "a@", "é", "\u0301", "\u0301\u0323", "ﷺ", "\0", "\\", "1"
)

JSON = (
    repeated('"', '\\"', '"\\', "\\", "[", "]", "{", "[]", ",", ":", "1", "-", "1e", "\n", '"a')
    | repeated("\\u00e9", "\\ud800", "\\", "\u0301", start='"', end='"')
    | repeated("0,", "{},", "[],", '"",', start="[", end="0]")
    | elements("{", lambda n: f'"k{n}":1', ",", ',"k1":1}')
    | elements("{", lambda n: f'"{"k" * 90}{n}":1', ",", "}")
    | elements("[", lambda n: f"{n}e{n}", ",", "]")
    | nested("[", "]")
    | nested('{"a":', "}")
)
GIFT = (
    repeated("~", "=", "{", "}", "{}", "\\", "\\{", "#", "####", "->", ":", "::", "//", "a\n\n")
    | repeated("//points: 1\n", "// kind: ", "[html]", "%5%", "1..2", "$CATEGORY: a\n")
    | repeated("~a", "=a", "~%50%a#b", "=1:2", "~a#b", "<p>", "&amp;", start="::a::b {", end="}\n")
    | elements("", lambda n: f"q{n} {{=a{n} ~b}}", "\n\n", "")
)
XML_START, XML_END = "<quiz><question type='multichoice'>", "</question></quiz>"
XML = (
    repeated("<", "<quiz>", "<!--", "<![CDATA[", "<!ENTITY a 'b'>", "&", "&#1;", "a", '"', "]]>")
    | repeated(
        "<answer/>", "<name><text>a</text></name>", "a ", "&lt;b&gt;", start=XML_START, end=XML_END
    )
    | nested("<a>", "</a>")
    | elements("<quiz>", lambda n: f"<question type='essay' a='{n}'/>", "", "</quiz>")
    | elements("<quiz ", lambda n: f"a{n}='1'", " ", "/>")
)
MARKDOWN = (
    repeated("*", "_", "**a", "`", "[", "![", "[a](", "<", "<a ", "<!--", "&", ">", "> ", "- ", "#")
    | repeated("|", "|a", "\\", "~~", "1. ", "a\n", "a  \n", "<ul>", "<b>", "http://a ", "[a]: b\n")
    | nested("[", "]")
    | nested("<div>", "</div>")
    | elements("", lambda n: f"[a{n}]: /b\n[a{n}]", "\n", "")
    | {
        "a table": lambda n: (
            "|a" * (n // 40) + "|\n" + "|-" * (n // 40) + "|\n" + "|b|\n" * (n // 20)
        ),
        "references": lambda n: f"[a]: /{'b' * (n // 2)}\n" + "[a]" * (n // 6),
    }
)


PART = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
NAMELESS = '--b\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx\r\n'
FORM = as_bytes(
    repeated(PART, NAMELESS, "--b\r\n", "--b", "\r\n", "-", end="--b--\r\n")
    | repeated("a", "a:b\r\n", ";a=b", ";", '"', start="--b\r\n", end="\r\n\r\n--b--\r\n")
    | repeated("a", "\r\n--", start=PART, end="\r\n--b--\r\n")
    | repeated(
        "a",
        "%41",
        ".",
        start='--b\r\nContent-Disposition: form-data; name="',
        end='"\r\n\r\nx\r\n--b--\r\n',
    )
)


def parse_json(raw: bytes):
    return StrictJSONParser().parse(io.BytesIO(raw))


def parse_form(parser: type[FileParser]) -> Callable[[bytes], object]:
    def parse(raw: bytes):
        kind = "multipart/form-data; boundary=b"
        request = ApiRequest(requests.generic("POST", "/", raw, kind), parsers=[parser()])
        return parser.file(request, "file", other_fields=["a"])

    return parse


def header(name: str, read: Callable) -> Callable[[str], object]:
    return lambda text: read(requests.get("/", headers={name: text}))


def read_environ(name: str) -> Callable[[str], Request]:
    def read(text: str) -> Request:
        environ = requests._base_environ() | {name: text.encode().decode("latin-1")}
        request = Request(environ)
        _ = request.COOKIES
        return request

    return read


def read_query(text: str):
    return ListQuery.read(ApiRequest(requests.get(f"/?{text}")), expandable=["course"])


def check_key(text: str):
    return idempotency.idempotent(lambda request: None, text)


def digest_of(data) -> str:
    request = ApiRequest(requests.get("/"))
    request._full_data = data
    return idempotency._digest(request)


def check_password(text: str) -> None:
    validate_password(text, Account(username="a-" * 75, email="a@" + "b." * 120 + "org"))


def register(text: str) -> None:
    names = {
        "username": text,
        "email": text,
        "bio": text,
        "password1": "a" * 100,
        "password2": text,
    }
    serializer = RegistrationSerializer(data=names)
    serializer.fields.pop("username")  # Its validation would query the store.
    serializer.fields.pop("email")
    serializer.is_valid()


def render_errors(errors: dict) -> bytes:
    response = exception_handler.handle_exception(InvalidInput(errors), {})
    return json.dumps(response.data).encode()


def show_picture(raw: bytes) -> None:
    pictures.store_picture(SimpleUploadedFile("a", raw), folder="tests", field="picture")


def log_line(text: str) -> str:
    configuration = logs.configuration("INFO")["formatters"]["default"]
    record = logging.makeLogRecord({"msg": text, "extra": text, "exc_text": text})
    return logs.JsonLinesFormatter(configuration.get("fmt") or configuration["format"]).format(
        record
    )


SECRETS = repeated(
    *("password", "passwordtoken", "key", "key ", "key=", "key: ", "key: bearer ", "bearer", "eyJ"),
    *("eyJa.", "a@b.", "a@b.c", "://", "://a:b", "://a@", "\\", '"', "'", "token\\"),
)

READERS = {
    "JSON": Reader(
        parse_json, as_bytes(JSON), 60_000, ("apps.common.http.parsers",), StrictJSONParser
    ),
    "a form": Reader(parse_form(FileParser), FORM, 100_000, (), FileParser),
    "a form with a picture": Reader(parse_form(PictureParser), FORM, 100_000, (), PictureParser),
    "a query": Reader(
        read_query,
        repeated("a", "a&", "&", "=", "%", "%ed%a0%80", "expand=course&", "\u0301")
        | repeated("course,", "a,", start="expand=")
        | repeated("a", "\u0301\u0323", start="search="),
        20_000,
        ("apps.common.http.query_params",),
    ),
    "a content type": Reader(
        read_environ("CONTENT_TYPE"),
        repeated("a", ";", ";a=b", ';a="', "*", ";a*0=b", "a/", "é") | repeated(";", start='a/b;"'),
        modules=("apps.common.http.requests",),
    ),
    "cookies": Reader(
        parse_cookies,
        repeated(";", "a=b;", "=", '"', "a") | repeated("\\", "\\1", "\\101", start='a="', end='"'),
    ),
    "a complete request": Reader(read_environ("HTTP_COOKIE"), repeated("\\", start='a="', end='"')),
    "an address": Reader(
        header("X-Forwarded-For", client_address.client_ip),
        repeated("1,", ":", "::", "%", "[", '"'),
        modules=("apps.common.client_address",),
    ),
    "a username": Reader(validate_username, TEXTS, modules=("apps.users.usernames",)),
    "If-Match": Reader(
        header("If-Match", etags.expected_revisions),
        repeated('"', '"1-a",', '"1-', "W/", ",", "*") | repeated("a", "1", start='"1-'),
        modules=("apps.common.http.etags",),
    ),
    "If-None-Match": Reader(
        header("If-None-Match", lambda request: etags.is_not_modified(request, '"1-a"')),
        repeated('"', '"1-a",', "W/", ",", " "),
    ),
    "an Idempotency-Key": Reader(check_key, TEXTS, modules=("apps.common.http.idempotency",)),
    "a digest": Reader(digest_of, {"keys": lambda n: {f"k{i}": i for i in range(n // 8)}} | TEXTS),
    "words": Reader(
        normalization.search_words,
        TEXTS | elements("", str, " ", ""),
        5_000,
        ("apps.common.normalization",),
    ),
    "a search": Reader(normalization.search_pattern, elements("", str, " ", "")),
    "a search for users": Reader(
        lambda text: user_search_condition(text[:200], True),
        TEXTS,
        modules=("apps.users.selectors.users",),
    ),
    "an email address": Reader(
        validate_email,
        TEXTS | repeated("a", "b.", "é", "é.", "xn--", "\u0301\u0323", start="a@"),
        modules=("apps.users.emails",),
    ),
    "an email address that is looked up": Reader(
        lambda text: normalization.normalize_email_key(text[:254]),
        TEXTS | repeated("a", "b.", "é", "é.", "ﷺ", "\u0301\u0323", start="a@"),
    ),
    "a name": Reader(
        remove_invisible,
        TEXTS
        | repeated("é", "\u200b", "\u200d", "ن\u200d", "\ufe0f", "❤\ufe0f\u200d", "\U0001f3f4")
        | repeated("\U000e0067", start="\U0001f3f4"),
        modules=("apps.common.invisible_characters",),
    ),
    "a password": Reader(check_password, TEXTS),
    "a registration": Reader(register, TEXTS | repeated("a-", "abcdefghijk.")),
    "a token": Reader(
        tokens.read_access,
        repeated(".", "eyJ", "a.", "é") | repeated("a", start="eyJhbGciOiJIUzI1NiJ9."),
    ),
    "redaction": Reader(logs.redact, TEXTS | SECRETS, 20_000, ("apps.common.logs",)),
    "a line of the log": Reader(log_line, TEXTS | SECRETS, 50_000),
    "an echo": Reader(echo.truncate, TEXTS),
    "messages": Reader(
        render_errors,
        {
            "fields": lambda n: {f"k{i}": ["a"] for i in range(n // 8)},
            "elements": lambda n: {"a": {i: ["b"] for i in range(n // 8)}},
            "long": lambda n: {"a" * n: ["b" * n]},
        },
    ),
    "a video's address": Reader(
        videos.problem_with,
        repeated("a", ".", "a.", ":", "[", "@", "1.", "0x", "é", start="https://"),
        modules=("apps.lessons.videos", "apps.common.hosts"),
    ),
    "a path": Reader(resolve, repeated("a", "/", "a/", "a/.", "%", "é", ".", start="/courses/")),
    "a number": Reader(
        numbers.parse_number, TEXTS | repeated("1", "1e", "٣"), modules=("apps.quizzes.numbers",)
    ),
    "an answer": Reader(
        lambda text: grading.normalize_answer(text[:1024]), TEXTS, modules=("apps.quizzes.grading",)
    ),
    "HTML before it is parsed": Reader(
        lambda html: HtmlLimits(tags=5_000, open=200, work=50_000).add(html),
        repeated("<", "<a", "<a ", "<a a", "<a a=", '<a a="', "<a>", "</a>", "<!--", "<?", "a")
        | repeated(" ", "a", "-", " a", " a=", " =", "=", '"', start="<a", end="!")
        | nested("<div>", "</div>"),
        modules=("apps.common.html_limits",),
    ),
    "HTML": Reader(
        html_to_text,
        repeated("<", "<p>", "<p", "&", "&#1;", "<!--", " ", "a") | nested("<div>", "</div>"),
        modules=("apps.quizzes.interchange.html_to_text",),
    ),
    "GIFT": Reader(
        gift.read,
        as_bytes(GIFT),
        modules=(
            "apps.quizzes.interchange.gift.blocks",
            "apps.quizzes.interchange.gift.reader",
            "apps.quizzes.interchange.gift.syntax",
            "apps.quizzes.interchange.text",
            "apps.quizzes.interchange.wildcards",
        ),
    ),
    "Moodle XML": Reader(
        moodle_xml.read,
        as_bytes(XML),
        modules=(
            "apps.quizzes.interchange.moodle_xml.parser",
            "apps.quizzes.interchange.moodle_xml.reader",
        ),
    ),
    "Markdown": Reader(
        markdown.render,
        MARKDOWN,
        2_000,
        ("apps.lessons.markdown",),
    ),
    "a picture": Reader(
        show_picture,
        as_bytes(
            repeated("a", start="\x89PNG\r\n\x1a\n")
            | repeated("\0\0\0\0IHDR", "\0\0\0\0tEXt\0\0\0\0")
            | repeated("\xff", start="\xff\xd8")
            | repeated("VP8 ", start="RIFF\0\0\0\0WEBP")
        ),
        modules=("apps.common.storage.pictures", "apps.common.storage.picture_files"),
    ),
}

CASES = [
    pytest.param(reader, make, id=f"{name}: {case[:40]!r}")
    for name, reader in READERS.items()
    for case, make in reader.makes.items()
]


@pytest.mark.parametrize(("reader", "make"), CASES)
def test_reading_takes_linear_time(reader, make):
    assert problem_with(reader, make, reader.size) is None


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("containers", [">" * 28, "- " * 14, "> - " * 7])
def test_a_lesson_with_the_most_lines_takes_at_most_a_second(containers, line_break):
    """Each line is in all of the containers, and is read once for each of them."""
    lines = markdown.MOST_LINES - 1, 100_000
    for number in lines:
        source = (containers + f"a{line_break}" * number)[:200_000]

        assert seconds(lambda source=source: read_markdown(source)) < 1


def read_markdown(source: str) -> None:
    with suppress(DomainError):
        markdown.render(source)


def test_every_module_that_reads_input_is_listed():
    named = {module for reader in READERS.values() for module in reader.modules} | set(OTHERS)

    assert {
        module.__name__ for module, tree in sources() if _imports(tree) & READING_LIBRARIES
    } - named == set()


def test_every_listed_module_exists():
    named = {module for reader in READERS.values() for module in reader.modules} | set(OTHERS)

    assert named - {module.__name__ for module, _ in sources()} == set()


def test_every_parser_is_listed():
    parsers = {
        kind
        for module, _ in sources()
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, BaseParser)
        and kind.__module__.startswith(("apps.", "lms."))
    }

    assert parsers == {reader.parser for reader in READERS.values() if reader.parser}


def test_every_module_that_reads_question_banks_is_listed():
    """Modules of `interchange` read whole files, whatever they import."""
    named = {module for reader in READERS.values() for module in reader.modules} | set(OTHERS)
    package = "apps.quizzes.interchange."
    harmless = {
        "collector",
        "drafts",
        "errors",
        "gift",
        "gift.writer",
        "moodle_questions",
        "moodle_xml",
        "numbers",
        "validation",
    }

    modules = {module.__name__ for module, _ in sources() if module.__name__.startswith(package)}
    assert modules - named == {package + name for name in harmless}


def _imports(tree: ast.Module) -> set[str]:
    packages = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            packages |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            packages.add(node.module.split(".")[0])
    return packages
