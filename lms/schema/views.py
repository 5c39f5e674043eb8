from functools import cache
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_yasg.codecs import OpenAPICodecJson, OpenAPICodecYaml
from drf_yasg.renderers import ReDocRenderer, SwaggerUIRenderer
from drf_yasg.views import get_schema_view
from rest_framework.permissions import AllowAny

from lms.schema.generator import INFO, Generator

_encoding = Lock()


@cache
def encoded_schema(codec_class, media_type: str) -> bytes:
    """Return the schema, which stays the same until the next release."""
    schema = Generator(INFO, "v1", url="").get_schema(request=None, public=True)
    return codec_class(validators=[], media_type=media_type).encode(schema)


@require_safe
@cache_control(max_age=300)
def swagger_json(request: HttpRequest) -> HttpResponse:
    return _respond(OpenAPICodecJson, "application/json")


@require_safe
@cache_control(max_age=300)
def swagger_yaml(request: HttpRequest) -> HttpResponse:
    return _respond(OpenAPICodecYaml, "application/yaml")


def _respond(codec_class, media_type: str) -> HttpResponse:
    # The lock lets one of the first requests encode the schema for all of them.
    with _encoding:
        content = encoded_schema(codec_class, media_type)
    return HttpResponse(content, content_type=media_type)


_pages = get_schema_view(
    INFO,
    url="",
    public=True,
    generator_class=Generator,
    authentication_classes=[],
    permission_classes=[AllowAny],
)
swagger = _pages.as_cached_view(renderer_classes=[SwaggerUIRenderer])
redoc = _pages.as_cached_view(renderer_classes=[ReDocRenderer])
