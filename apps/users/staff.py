"""The staff's pages: signing in there is limited, and ends elsewhere, as it is in the API."""

from collections.abc import Callable

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpResponse
from rest_framework.exceptions import Throttled

from apps.common import limits
from apps.common.addresses import address_of
from apps.common.folding import fold_name


class StaffSiteConfig(AdminConfig):
    default_site = "apps.users.staff.StaffSite"


class StaffSite(AdminSite):
    def login(self, request, extra_context=None):
        if request.method != "POST":
            return super().login(request, extra_context)
        return _answering_limits(lambda: self._limited_login(request, extra_context))

    def password_change(self, request, extra_context=None):
        from apps.users import services

        if request.method != "POST":
            return super().password_change(request, extra_context)
        account, change = request.user, super().password_change
        response = _answering_limits(
            lambda: _counting_failures(request, account.username_key, change, extra_context)
        )
        if response.status_code == 302:
            services.end_all_sessions(account_id=account.pk)
        return response

    def _limited_login(self, request, extra_context):
        limits.check("sign_in", address_of(request))
        name = fold_name(request.POST.get("username", "").strip())
        return _counting_failures(request, name, super().login, extra_context)


def _counting_failures(request, name: str, view: Callable, extra_context: dict | None):
    """Show a page that takes a password, until too many were wrong, here or in the API."""
    who = ("failures", name, address_of(request))
    limits.check_reached(*who)
    response = view(request, extra_context)
    if response.status_code != 302:
        limits.check(*who)
    return response


def _answering_limits(answer: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return answer()
    except Throttled as error:
        headers = {"Retry-After": str(error.wait)}
        return HttpResponse(str(error.detail), status=429, headers=headers)
