"""Messages for people are translated; codes for programs are not."""

import re
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages import mofile
from django.utils import translation
from django.utils.translation import gettext

from apps.courses.services.courses import NoLessons
from lms.site.pages import MESSAGES
from tests.factories import client_of, enroll_in, make_course
from tools import messages

JSON = "application/json"
SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+(?::\w+)?\}|`[^`]+`")


@pytest.fixture(scope="module")
def stored():
    """The messages of the .po by their ids, without its header."""
    return {entry.id: entry for entry in messages.stored() if entry.id}


def forms(message) -> list[tuple[str, str]]:
    """Return each form of a message, singular and plural, with its translation."""
    if message.pluralizable:
        return list(zip(message.id, message.string, strict=True))
    return [(message.id, message.string)]


# The catalog


def test_the_catalog_has_exactly_the_messages_of_the_code(stored):
    assert {message for _place, message in messages.marked_messages()} == set(stored), (
        "run `make messages`"
    )


def test_each_message_is_translated(stored):
    untranslated = [
        entry.id
        for entry in stored.values()
        if entry.fuzzy or not all(translated for _, translated in forms(entry))
    ]

    assert untranslated == []


def test_a_translation_has_the_placeholders_of_its_message(stored):
    for entry in stored.values():
        for message, translated in forms(entry):
            assert sorted(PLACEHOLDER.findall(translated)) == sorted(PLACEHOLDER.findall(message))


def test_a_translation_ends_with_the_same_punctuation(stored):
    for entry in stored.values():
        for message, translated in forms(entry):
            assert translated.endswith(".") == message.endswith(".")


def test_translations_use_informal_address(stored):
    formal = re.compile(r"\b(usted|su contraseña|asegúrese|introduzca|compruebe)\b", re.I)

    translations = [translated for entry in stored.values() for _, translated in forms(entry)]
    assert [translated for translated in translations if formal.search(translated)] == []


def test_the_compiled_catalog_equals_its_source(stored):
    with messages.MO.open("rb") as file:
        compiled = GNUTranslations(file)

    for entry in stored.values():
        if entry.pluralizable:
            assert tuple(compiled.ngettext(*entry.id, number) for number in (1, 2)) == entry.string
        else:
            assert compiled.gettext(entry.id) == entry.string


def test_updating_a_current_catalog_changes_nothing():
    current = messages.updated_catalog(messages.stored())
    compiled, written = BytesIO(), BytesIO()
    mofile.write_mo(compiled, current)
    messages.write_po(written, current)

    assert messages.MO.read_bytes() == compiled.getvalue()
    assert messages.PO.read_bytes() == written.getvalue()


def test_the_header_contains_no_machine_and_no_date():
    header = messages.PO.read_text().split("\n\n")[0]

    assert not re.search(r"date|generated|translator|://|20\d\d", header, re.I)


@pytest.mark.parametrize("module", messages.LIBRARY_MESSAGES)
def test_messages_translated_for_a_library_still_exist_in_it(module):
    assert set(messages.LIBRARY_MESSAGES[module]) <= messages.messages_in(module)


def test_our_translations_replace_a_librarys():
    with translation.override("es"):
        assert gettext("This field is required.") == "Este campo es obligatorio."


def test_templates_mark_no_messages_because_only_python_is_searched():
    templates = [
        path
        for folder in messages.FOLDERS
        for path in (messages.ROOT / folder).rglob("templates/**/*")
    ]
    texts = [path.read_text() for path in templates if path.is_file() and path.suffix != ".svg"]

    assert texts
    assert not any(re.search(r"{%\s*(blocktrans|trans)", text) for text in texts)


# Over HTTP


def test_a_domain_error_is_translated(student):
    course = make_course(title="Álgebra")
    enroll_in(course, student)

    response = client_of(student).post(
        "/api/enrollments/", {"course": str(course.id)}, headers=SPANISH
    )

    assert response.status_code == 400
    assert response.json() == {
        "detail": "Ya estás inscrito en «Álgebra».",
        "code": "already_enrolled",
    }
    assert response["Content-Language"] == "es"


def test_a_domain_error_with_its_default_text_is_translated(instructor):
    course = make_course(instructor=instructor, published=False)

    response = client_of(instructor).post(f"/api/courses/{course.id}/publish/", headers=SPANISH)

    assert response.json() == {
        "detail": "Un curso sin lecciones no se puede publicar.",
        "code": NoLessons.code,
    }


def test_validation_errors_are_translated_ours_and_the_frameworks(instructor):
    response = client_of(instructor).post(
        "/api/courses/", {"titulo": "Lógica", "price": "caro"}, headers=SPANISH
    )

    assert response.status_code == 400
    assert response.json() == {
        "titulo": ["Este campo no existe."],
        "title": ["Este campo es obligatorio."],
        "price": ['Escribe un importe como texto con dos decimales, por ejemplo "19.90".'],
    }
    assert response["Content-Language"] == "es"


def test_errors_of_parameters_are_translated(anonymous):
    response = anonymous.get("/api/courses/?color=rojo&page_size=0", headers=SPANISH)

    assert response.json() == {
        "color": ["Este parámetro no existe."],
        "page_size": ["El valor debe ser mayor o igual que 1."],
    }


def test_errors_of_authentication_and_rate_limits_are_translated(anonymous, settings):
    refused = anonymous.get("/api/enrollments/", headers=SPANISH)
    settings.RATE_LIMITED = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"anonymous": (0, 60)}
    limited = anonymous.get("/api/courses/", headers=SPANISH)

    assert refused.json() == {
        "detail": "Inicia sesión para hacer esto.",
        "code": "not_authenticated",
    }
    assert limited.json() == {
        "detail": "Has hecho demasiadas solicitudes. Inténtalo de nuevo en 1 minuto.",
        "code": "throttled",
    }


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("{,}", "El cuerpo no es JSON (línea 1, columna 2)."),
        (
            "[" + "1" * 5000 + "]",
            "Un número del cuerpo es demasiado largo.",
        ),
        ('{"a": 1, "a": 2}', "La clave «a» aparece dos veces en un objeto."),
    ],
)
def test_an_error_in_json_is_translated_without_the_parsers_text(client, body, detail):
    response = client.post("/api/echo/", body, content_type=JSON, headers=SPANISH)

    assert response.json() == {"detail": detail, "code": "parse_error"}


def test_an_error_in_a_form_is_translated(instructor):
    course = make_course(instructor=instructor)

    response = client_of(instructor).post(
        f"/api/courses/{course.id}/image/",
        b"nothing of the kind",
        content_type="multipart/form-data; boundary=ä",
        headers=SPANISH,
    )

    assert response.status_code == 400
    assert response.json() == {"detail": "No se puede leer el formulario.", "code": "parse_error"}


def test_a_404_is_translated_by_the_api_and_by_a_page(client):
    answer = client.get("/api/nada/", headers=SPANISH)
    page = client.get("/nada", headers=SPANISH)

    assert answer.json() == {"detail": "No se ha encontrado.", "code": "not_found"}
    assert '<html lang="es">' in page.text
    assert "<h1>No se ha encontrado.</h1>" in page.text
    assert "Ir a la página de inicio" in page.text
    assert answer["Content-Language"] == page["Content-Language"] == "es"


def test_a_500_is_translated(client):
    response = client.get("/api/broken/", headers=SPANISH)

    assert response.status_code == 500
    assert response.json()["detail"] == "Algo ha fallado en el servidor."


@pytest.mark.parametrize("language", ["", "en", "de", "fr-CA,tlh", "*", "x" * 300])
def test_another_language_falls_back_to_english(client, language):
    response = client.get("/api/nix/", headers={"Accept-Language": language})

    assert response.json() == {"detail": str(MESSAGES[404][1]), "code": "not_found"}
    assert response.json()["detail"] == "Not found."
    assert response["Content-Language"] == "en"


def test_a_language_lasts_for_one_request(client):
    client.get("/api/nix/", headers=SPANISH)

    assert translation.get_language() == "en"


def test_responses_vary_by_language(client):
    assert "Accept-Language" in client.get("/api/nix/", headers=SPANISH)["Vary"]
