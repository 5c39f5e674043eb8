"""The staff's pages: signing in there is limited, listed and ended as it is in the API."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import logout
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.http import HttpResponse
from django.urls import reverse

from apps.common.client_address import client_ip
from apps.common.errors import DomainError, NotFound
from apps.users import selectors, services
from apps.users.client_info import client_info

SESSION_ID = "session_id"  # in the cookie's session: the row that must live


class LimitedPasswordChangeForm(AdminPasswordChangeForm):
    """Checks the old password as the API does, and writes the new one through the service."""

    def __init__(self, *arguments, address: str, session_id: str | None, **options):
        self._address, self._session_id = address, session_id
        super().__init__(*arguments, **options)

    def clean_old_password(self) -> str:
        """
        :raises ValidationError: the password is wrong
        :raises Throttled: too many were
        """
        password = self.cleaned_data["old_password"]
        if services.is_password_right(account=self.user, password=password, address=self._address):
            return password
        raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")

    def save(self, commit: bool = True):
        """
        Set the password alone: the account may have been changed or erased since it was read.

        :raises Invalid: the password was changed meanwhile, or the account is not active any more
        """
        services.replace_password(
            account=self.user,
            new_password=self.cleaned_data["new_password1"],
            but=self._session_id,
        )
        self.user.refresh_from_db()
        return self.user


class StaffSite(AdminSite):
    def has_permission(self, request) -> bool:
        return super().has_permission(request) and _is_alive(request)

    def admin_view(self, view, cacheable=False):
        return super().admin_view(_refusing_impossible_values(view), cacheable)

    def login(self, request, extra_context=None):
        # Signing in may replace the cookie's session, which is then no longer in use.
        replaced = request.user.pk, request.session.get(SESSION_ID)
        response = _answering_refusals(lambda: super(StaffSite, self).login(request, extra_context))
        if request.method == "POST" and response.status_code == 302:
            _end_listed(*replaced)
            return _answering_refusals(lambda: _listed(request, response))
        return response

    def logout(self, request, extra_context=None):
        if request.method == "POST":
            _end_listed(request.user.pk, request.session.get(SESSION_ID))
        return super().logout(request, extra_context)

    def password_change(self, request, extra_context=None):
        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=partial(
                LimitedPasswordChangeForm,
                address=client_ip(request),
                session_id=request.session.get(SESSION_ID),
            ),
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context=self.each_context(request) | (extra_context or {}),
        )
        return _answering_refusals(lambda: view(request))


def _refusing_impossible_values(view: Callable) -> Callable:
    @wraps(view)
    def refusing(request, *arguments, **options):
        """
        :raises BadRequest: the database cannot hold a value, such as an id of twenty digits
        """
        try:
            return view(request, *arguments, **options)
        except (OverflowError, DataError) as error:
            raise BadRequest("A value cannot be stored.") from error

    return refusing


def _end_listed(account_id, session_id: str | None) -> None:
    if session_id is not None:
        with suppress(NotFound):
            services.end_session(account_id=account_id, session_id=session_id)


def _listed(request, response: HttpResponse) -> HttpResponse:
    """List the sign-in among the account's sessions; one that cannot be listed is undone."""
    try:
        request.session[SESSION_ID] = services.open_staff_session(
            account=request.user, **client_info(request)
        )
    except BaseException:
        logout(request)
        raise
    return response


def _is_alive(request) -> bool:
    """Say whether the sign-in has not been ended among the account's sessions."""
    session_id = request.session.get(SESSION_ID)
    return session_id is None or selectors.has_session(request.user.pk, session_id)


def _answering_refusals(answer: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        answered = answer()
        return answered.render() if hasattr(answered, "render") else answered
    except DomainError as refusal:
        headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
        return HttpResponse(
            refusal.detail, status=refusal.status, headers=headers, content_type="text/plain"
        )
