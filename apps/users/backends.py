from django.contrib.auth.backends import ModelBackend

from apps.common.client_address import client_ip
from apps.users import services
from apps.users.models import Account


class AccountBackend(ModelBackend):
    """Authenticate users of the staff site by the rules and within the limits of the API."""

    def authenticate(self, request, username=None, password=None, **_others) -> Account | None:
        """
        :raises Throttled: too many sign-ins have failed
        :raises Busy: too many passwords are being checked
        """
        if request is None or not username or password is None:
            return None
        try:
            return services.authenticate(
                username=username, password=password, address=client_ip(request)
            )
        except services.InvalidCredentials:
            return None
