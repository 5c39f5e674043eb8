from rest_framework.permissions import SAFE_METHODS

from apps.users import services
from apps.users.viewer import Bearer


class LateWritesMiddleware:
    """Erase what a request wrote if its user was erased while it ran."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        auth = getattr(request, "auth", None)
        if isinstance(auth, Bearer) and request.method not in SAFE_METHODS:
            services.erase_late_writes(user_id=request.user.id, session_id=auth.session_id)
        return response
