from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from apps.common.client_address import client_ip, client_network
from apps.common.http.page_links import page_link
from apps.common.http.query_params import ListQuery
from apps.common.http.streaming import JsonStreamResponse
from apps.common.normalization import normalize_email_key
from apps.common.storage import rate_limits
from apps.common.tasks import enqueue
from apps.users import selectors, services
from apps.users.models import AccountMail
from apps.users.serializers import (
    AddressSerializer,
    KeySerializer,
    OneselfSerializer,
    PasswordChangeSerializer,
    ResetSerializer,
    SaidSerializer,
    SessionSerializer,
    UserSerializer,
    represent_user,
)
from apps.users.views.auth import OwnAccountView, PublicView, View
from apps.users.views.mail_response import MailResponse


class OneselfView(OwnAccountView):
    serializer_class = UserSerializer
    schemas = {
        "put": (OneselfSerializer, UserSerializer),
        "patch": (OneselfSerializer, UserSerializer),
    }

    def get(self, request):
        """Read one's own profile."""
        return self.answer(selectors.cached_user(request.user.id, represent=represent_user))

    def put(self, request, partial=False):
        """Change one's own profile."""
        user = selectors.get_user(request.user.id)
        given = self.validated(OneselfSerializer, instance=user, partial=partial)
        user = services.update_current_user(
            user_id=request.user.id, address=client_ip(request), expected=self.expected, **given
        )
        if "email" in given:
            enqueue("apps.users.tasks.send_account_mails")
        return self.answer(represent_user(user))

    def patch(self, request):
        """Change what is named of one's own profile."""
        return self.put(request, partial=True)

    def delete(self, request):
        """Erase oneself, and all that is stored of oneself."""
        services.erase(user_id=request.user.id, expected=self.expected)
        return Response(status=204)


class ExportView(OwnAccountView):
    schemas = {"get": (None, dict)}

    def get(self, request):
        """Read all that is stored of oneself, as one file."""
        rate_limits.check_and_count("exports", request.user.id)
        return JsonStreamResponse(
            lambda: selectors.personal_data_of(request.user.id, represent=represent_user),
            slots=selectors.EXPORTS,
            headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
        )


class SessionsView(View):
    query_class = ListQuery
    schemas = {"get": (None, SessionSerializer)}

    def get(self, request):
        """List where one is signed in."""
        page = selectors.sessions_of(request.user.account_id, paging=self.query.paging)
        current = request.auth.session_id
        rows = [row | {"current": row["id"] == current} for row in page.rows]
        return Response(
            {
                "count": page.count,
                "next": page_link(request, page.next),
                "previous": page_link(request, page.previous),
                "results": rows,
            }
        )


class SessionView(View):
    def delete(self, request, session_id):
        """End one of one's sessions."""
        services.end_session(account_id=request.user.account_id, session_id=session_id)
        return Response(status=204)


class PasswordChangeView(OwnAccountView):
    schemas = {"post": (PasswordChangeSerializer, SaidSerializer)}

    def post(self, request):
        """Change one's password; one's other sessions end."""
        given = self.validated(PasswordChangeSerializer)
        services.change_password(
            user_id=request.user.id,
            session_id=request.auth.session_id,
            old_password=given["old_password"],
            new_password=given["new_password1"],
            address=client_ip(request),
        )
        return Response({"detail": _("New password has been saved.")})


class ResetView(PublicView):
    schemas = {"post": (AddressSerializer, SaidSerializer)}

    def post(self, request):
        """Ask for a mail with a link to set a new password; the answer is the same for all."""
        email = self.validated(AddressSerializer)["email"]
        # First the network's own: what it is refused must not use up the limit of an address.
        rate_limits.check_and_count("network_resets", client_network(request))
        rate_limits.check_and_count("reset", normalize_email_key(email))
        services.request_mail(AccountMail.Kind.RESET, email=email)
        return MailResponse({"detail": _("Password reset e-mail has been sent.")})


class ResetConfirmView(PublicView):
    schemas = {"post": (ResetSerializer, SaidSerializer)}

    def post(self, request):
        """Set a new password with what the mailed link holds."""
        services.reset_password(**self.validated(ResetSerializer))
        return Response({"detail": _("Password has been reset with the new password.")})


class VerifyEmailView(View):
    permission_classes = [AllowAny]
    schemas = {"post": (KeySerializer, SaidSerializer)}
    error_statuses = {"post": (404,)}

    def post(self, request):
        """Verify the address that a mailed link was sent to."""
        services.verify_email(**self.validated(KeySerializer))
        return Response({"detail": _("ok")})


class ResendEmailView(View):
    permission_classes = [AllowAny]
    schemas = {"post": (AddressSerializer, SaidSerializer)}

    def post(self, request):
        """Ask for the link to verify an address again; the answer is the same for all."""
        email = self.validated(AddressSerializer)["email"]
        rate_limits.check_and_count("network_verifications", client_network(request))
        rate_limits.check_and_count("verification", normalize_email_key(email))
        services.request_mail(AccountMail.Kind.VERIFY, email=email)
        return MailResponse({"detail": _("ok")})
