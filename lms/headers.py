"""What the pages that people open may load and do; the API's answers have a policy of their own."""

_BASE = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
PAGE = f"default-src 'self'; {_BASE}"
ADMIN = f"default-src 'self'; img-src 'self' data:; {_BASE}"
# Both readers of the schema set styles from their scripts; no script of theirs is in the page.
SWAGGER = f"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; {_BASE}"
REDOC = f"{SWAGGER}; worker-src blob:"

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


def policy_of(path: str) -> str:
    return next((POLICIES[start] for start in POLICIES if path.startswith(start)), PAGE)
