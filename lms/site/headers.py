"""The content security policies of pages; API responses have a policy of their own."""

from django.conf import settings

_STRICT = "object-src 'none'; frame-ancestors 'none'; form-action 'self'"
_BASE = f"{_STRICT}; base-uri 'none'"

NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
PAGE = f"default-src 'self'; {_BASE}"
ADMIN = f"default-src 'self'; img-src 'self' data:; {_BASE}"
# Swagger UI and ReDoc set styles by script, but have no inline scripts.
SWAGGER = f"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; {_BASE}"
REDOC = f"{SWAGGER}; worker-src blob:"

# Angular needs `<base href>`, and inserts the styles of components into the page. Pictures may also
# come from a bucket.
WEB_APP = (
    f"default-src 'self'; {_STRICT}; base-uri 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: data:; frame-src {frames}; worker-src 'self'; manifest-src 'self'"
)
# The app's service worker fetches everything for its pages, including pictures.
WORKER = "default-src 'none'; connect-src 'self' https:"

POLICIES = {
    "/admin": ADMIN,
    "/swagger": SWAGGER,
    "/redoc": REDOC,
    "/media/": NOTHING,
    "/health/": NOTHING,
    "/metrics": NOTHING,
}
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class PageHeadersMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Content-Security-Policy"):
            response["Content-Security-Policy"] = policy_of(request.path)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("X-Content-Type-Options", "nosniff")
        return response


def web_app() -> str:
    """Return the policy of the web app's page, which may frame only the hosts of videos."""
    frames = " ".join(f"https://{host}" for host in settings.VIDEO_HOSTS) or "'none'"
    return WEB_APP.format(frames=frames)


def policy_of(path: str) -> str:
    if path.endswith("/index.html"):  # This is how the service worker requests the page.
        return web_app()
    if path.endswith("/ngsw-worker.js"):
        return WORKER
    return next((POLICIES[start] for start in POLICIES if path.startswith(start)), PAGE)
