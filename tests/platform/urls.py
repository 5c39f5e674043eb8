"""The product's routes, preceded by routes that misbehave on purpose."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import path
from pymongo.errors import ServerSelectionTimeoutError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.http.viewsets import ApiView
from lms import urls
from lms.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]

SECRET = "the secret of the trace"


class Echo(ApiView, APIView):
    """Return what the request contains."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def get(self, request):
        return Response({"page": self.query.validated_data})

    def post(self, request):
        return Response({"data": request.data})


class Broken(Echo):
    def get(self, request):
        raise RuntimeError(SECRET)


class StoreUnavailable(Echo):
    def get(self, request):
        raise ServerSelectionTimeoutError(SECRET)


def broken_page(request) -> HttpResponse:
    raise RuntimeError(SECRET)


def page_without_store(request) -> HttpResponse:
    raise ServerSelectionTimeoutError(SECRET)


def forbidden_page(request) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("api/echo/", Echo.as_view()),
    path("api/broken/", Broken.as_view()),
    path("api/store-unavailable/", StoreUnavailable.as_view()),
    path("broken", broken_page),
    path("store-unavailable", page_without_store),
    path("forbidden", forbidden_page),
    *urls.urlpatterns,
]
