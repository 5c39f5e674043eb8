"""The staff's pages: signing in there is limited, and ends elsewhere, as it is in the API."""

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
        try:
            return self._limited_login(request, extra_context)
        except Throttled as error:
            headers = {"Retry-After": str(error.wait)}
            return HttpResponse(str(error.detail), status=429, headers=headers)

    def password_change(self, request, extra_context=None):
        from apps.users import services

        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            services.end_all_sessions(account_id=request.user.pk)
        return response

    def _limited_login(self, request, extra_context):
        address = address_of(request)
        who = ("failures", fold_name(request.POST.get("username", "")), address)
        limits.check("sign_in", address)
        limits.check_reached(*who)
        response = super().login(request, extra_context)
        if response.status_code != 302:
            limits.check(*who)
        return response
