from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.client_address import client_network
from apps.common.errors import Invalid, NotFound
from apps.common.http.viewsets import ApiView
from apps.common.storage import rate_limits
from apps.common.tasks import enqueue
from apps.users import services
from apps.users.authentication import LenientAuthentication
from apps.users.client_info import client_info
from apps.users.cookies import drop_cookie, put_cookie, refresh_token_of, wants_cookie
from apps.users.documents import User
from apps.users.serializers import (
    LoginSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    SaidSerializer,
    SignedInSerializer,
    TokenSerializer,
    represent_user,
)
from apps.users.tokens import Tokens


class View(ApiView, APIView):
    """A route that is no collection's."""


class PublicView(View):
    """A route for those who are not signed in, whatever token they still send."""

    authentication_classes = []
    permission_classes = [AllowAny]


class OwnAccountView(View):
    """A route about the current user alone."""

    def handle_exception(self, exc):
        """Return a 401 where the user was erased after the request was authenticated."""
        if isinstance(exc, NotFound):
            exc = AuthenticationFailed(_("Sign in again."), code="token_not_valid")
        return super().handle_exception(exc)


class RegistrationView(PublicView):
    schemas = {"post": (RegistrationSerializer, SignedInSerializer, 201)}
    error_statuses = {"post": (403,)}

    def post(self, request):
        """Register as a student, and be signed in."""
        rate_limits.check_and_count("registration", client_network(request))
        in_cookie = wants_cookie(request)
        given = self.validated(RegistrationSerializer)
        user, tokens = services.register(
            username=given["username"],
            email=given["email"],
            password=given["password1"],
            bio=given.get("bio", ""),
            instructor_requested=given.get("is_instructor", False),
            **client_info(request),
        )
        enqueue("apps.users.tasks.send_account_mails")
        return _answer_tokens(request, user, tokens, in_cookie=in_cookie, status=201)


class LoginView(PublicView):
    schemas = {"post": (LoginSerializer, SignedInSerializer)}
    error_statuses = {"post": (401, 403)}

    def post(self, request):
        """Sign in by name or address."""
        in_cookie = wants_cookie(request)
        given = self.validated(LoginSerializer)
        user, tokens = services.sign_in(**given, **client_info(request))
        return _answer_tokens(request, user, tokens, in_cookie=in_cookie)


class RefreshView(PublicView):
    schemas = {"post": (RefreshSerializer, SignedInSerializer)}
    error_statuses = {"post": (401, 403)}

    def post(self, request):
        """Change a refresh token for a new pair; a dead one ends its session."""
        given = self.validated(RefreshSerializer).get("refresh", "")
        token = refresh_token_of(request, given)
        in_cookie = wants_cookie(request)
        if not token and not in_cookie:
            raise Invalid(refresh=_("This field is required."))
        user, tokens = services.refresh_session(token=token)
        return _answer_tokens(request, user, tokens, in_cookie=in_cookie)


class VerifyView(View):
    permission_classes = [AllowAny]
    schemas = {"post": (TokenSerializer, dict)}

    def post(self, request):
        """Say whether a token, access or refresh, is valid."""
        services.verify_token(**self.validated(TokenSerializer))
        return Response({})


class LogoutView(View):
    authentication_classes = [LenientAuthentication]
    permission_classes = [AllowAny]
    schemas = {"post": (RefreshSerializer, SaidSerializer)}
    error_statuses = {"post": (403,)}

    def post(self, request):
        """End the session of the bearer token, and that of the refresh token."""
        given = self.validated(RefreshSerializer).get("refresh", "")
        services.sign_out(
            session_id=request.auth.session_id if request.auth else None,
            refresh=refresh_token_of(request, given),
        )
        return _signed_out(request)


class LogoutEverywhereView(OwnAccountView):
    schemas = {"post": (None, SaidSerializer)}

    def post(self, request):
        """End all of one's sessions."""
        services.end_all_sessions(account_id=request.user.account_id)
        return _signed_out(request)


def _answer_tokens(
    request, user: User, tokens: Tokens, *, in_cookie: bool, status: int = 200
) -> Response:
    person = represent_user(user)
    person.pop("revision")
    body = {"access": tokens.access, "refresh": tokens.refresh, "user": person}
    if not in_cookie:
        return Response(body, status=status)
    body.pop("refresh")
    response = Response(body, status=status)
    put_cookie(request, response, tokens)
    return response


def _signed_out(request) -> Response:
    response = Response({"detail": _("You are signed out.")})
    if wants_cookie(request):
        drop_cookie(request, response)
    return response
