"""What the pages that people open may load and do; the API's answers have a policy of their own."""

from django.conf import settings

_FIRM = "object-src 'none'; frame-ancestors 'none'; form-action 'self'"
_BASE = f"{_FIRM}; base-uri 'none'"

NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
PAGE = f"default-src 'self'; {_BASE}"
ADMIN = f"default-src 'self'; img-src 'self' data:; {_BASE}"
# Both readers of the schema set styles from their scripts; no script of theirs is in the page.
SWAGGER = f"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; {_BASE}"
REDOC = f"{SWAGGER}; worker-src blob:"

# Angular needs `<base href>`, and puts a component's styles into the page when it is shown;
# pictures come from a bucket, too.
WEB_APP = (
    f"default-src 'self'; {_FIRM}; base-uri 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: data:; frame-src {frames}; worker-src 'self'; manifest-src 'self'"
)
# The app's service worker fetches for its pages, so it may whatever their pictures need.
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
    """Return the policy of the web app's page, which frames videos of the named hosts alone."""
    frames = " ".join(f"https://{host}" for host in settings.VIDEO_HOSTS) or "'none'"
    return WEB_APP.format(frames=frames)


def policy_of(path: str) -> str:
    if path.endswith("/index.html"):  # so the app's service worker asks for its page
        return web_app()
    if path.endswith("/ngsw-worker.js"):
        return WORKER
    return next((POLICIES[start] for start in POLICIES if path.startswith(start)), PAGE)
