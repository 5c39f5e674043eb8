"""All settings of the product, from the environment; the defaults are for production."""

from datetime import timedelta

from botocore.config import Config

from lms import env

ROOT = env.ROOT
DATA_DIR = env.data_dir()

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret("SECRET_KEY", at_least=50)
ALLOWED_HOSTS = env.required_words("ALLOWED_HOSTS", "the host names this server answers to")
PORT = env.number("PORT", default=8000, least=1, most=65535)
PUBLIC_URL = env.url("PUBLIC_URL", "http", "https", default=f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
DEMO = env.flag("LMS_DEMO")
DEMO_PASSWORD = env.text("LMS_DEMO_PASSWORD")
APPEND_SLASH = False  # A POST must not be redirected.

INSTALLED_APPS = [
    "apps.users.staff.StaffSiteConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "rest_framework_mongoengine",
    "rest_framework_simplejwt.token_blacklist",
    "dj_rest_auth",
    "allauth",
    "allauth.account",
    "drf_yasg",
    "lms.project.LmsConfig",
    "apps.common",
    "apps.users",
    "apps.courses",
    "apps.enrollments",
    "apps.lessons",
    "apps.quizzes",
    "apps.progress",
    "apps.notifications",
]

MIDDLEWARE = [
    "lms.serving.proxies.UntrustedProxyMiddleware",
    "lms.health.metrics.MetricsMiddleware",
    "apps.common.http.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lms.site.headers.PageHeadersMiddleware",
    "apps.common.http.middleware.HeadersMiddleware",
    "apps.common.http.middleware.RequestLimitsMiddleware",
    "lms.site.web_app.FilesMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "lms.site.pages.PageLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.users.middleware.LateWritesMiddleware",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "lms" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Stores

SQLITE = f"sqlite:///{DATA_DIR / 'accounts.sqlite3'}"
DATABASES = {"default": env.database("DATABASE_URL", SQLITE)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 5,  # Seconds that a writer waits for another; then the response is a 503.
        "transaction_mode": "IMMEDIATE",  # A deferred transaction would fail instead of waiting.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # The tests use a file, too, because their threads cannot share a database in memory.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "tests.sqlite3")}
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MONGODB_URI = env.url("MONGODB_URI", "mongodb", "mongodb+srv")
EMBEDDED_STORE = DATA_DIR / "documents.sqlite3"
STORE_TIMEOUT_SECONDS = 2.2  # PyMongo checks its deadline every 500 ms, so 2.5 s would become 3 s.

REDIS_URL = env.url("REDIS_URL", "redis", "rediss", "unix")
SHARED_STORES = bool(MONGODB_URI and REDIS_URL)  # Several processes can use them.
REDIS = {
    "BACKEND": "django_redis.cache.RedisCache",
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": "lms",
    "OPTIONS": {
        "SERIALIZER": "django_redis.serializers.json.JSONSerializer",  # It never unpickles.
        "SOCKET_CONNECT_TIMEOUT": 0.2,  # A frozen Redis slows a page down but does not hang it.
        "SOCKET_TIMEOUT": 0.2,
        "CONNECTION_POOL_KWARGS": {"retry": None, "max_connections": 64},
    },
}
IN_PROCESS = {
    "BACKEND": "apps.common.storage.cache.memory.MemoryCache",
    "LOCATION": "pages",
    "OPTIONS": {"MAX_ENTRIES": 50_000, "MAX_BYTES": 64 * 1024 * 1024},
}
COUNTERS = {  # A separate cache, so that cached pages never evict a rate limit's counter.
    "BACKEND": "apps.common.storage.cache.memory.CounterCache",
    "LOCATION": "counters",
    "OPTIONS": {"MAX_ENTRIES": 100_000, "MAX_BYTES": 96 * 1024 * 1024},
}
CACHES = {
    "default": REDIS if REDIS_URL else IN_PROCESS,
    "local": COUNTERS,  # Counts rate limits while Redis is unreachable.
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # A cache could lose the admin's sessions.
SESSION_COOKIE_AGE = 8 * 60 * 60

# Accounts

AUTH_USER_MODEL = "users.Account"
AUTHENTICATION_BACKENDS = ["apps.users.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "apps.users.passwords.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "apps.users.passwords.SimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "apps.users.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
SESSION_LIFETIME = timedelta(days=30)
MAX_SESSIONS = 50  # Per account; another one ends the least recently used.
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "ALGORITHM": "HS256",
    "SIGNING_KEY": SECRET_KEY,
    "ISSUER": "lms",
    "AUDIENCE": "lms-api",
    "LEEWAY": timedelta(seconds=10),
    "UPDATE_LAST_LOGIN": False,
}
REST_AUTH = {
    "TOKEN_MODEL": None,
    "USE_JWT": True,
    "SESSION_LOGIN": False,
    "OLD_PASSWORD_FIELD_ENABLED": True,
    "LOGOUT_ON_PASSWORD_CHANGE": False,
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # An email offers it, but nothing depends on it.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "apps.users.passwords.ResetTokenGenerator"
ACCOUNT_RATE_LIMITS = False  # apps.common.storage.rate_limits has all limits.

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.users.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["apps.common.storage.rate_limits.RequestLimit"],
    "DEFAULT_PARSER_CLASSES": ["apps.common.http.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "apps.common.http.exception_handler.handle_exception",
    "UNAUTHENTICATED_USER": "apps.users.viewer.AnonymousViewer",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
RATE_LIMITED = env.flag("LMS_RATE_LIMITS", default=True)
RATE_LIMITS = {  # requests, seconds
    "anonymous": env.rate("LMS_LIMIT_ANONYMOUS", "1200/60"),  # per network
    "signed_in": env.rate("LMS_LIMIT_SIGNED_IN", "600/60"),  # per user
    "search": env.rate("LMS_LIMIT_SEARCH", "120/60"),  # per user or network
    "failures": env.rate("LMS_LIMIT_FAILURES", "5/900"),  # per account and network
    "network_failures": env.rate("LMS_LIMIT_NETWORK_FAILURES", "100/900"),
    "refreshes": env.rate("LMS_LIMIT_REFRESHES", "30/60"),  # per session
    "registration": env.rate("LMS_LIMIT_REGISTRATION", "60/3600"),
    "reset": env.rate("LMS_LIMIT_RESET", "3/3600"),  # per email address
    "network_resets": env.rate("LMS_LIMIT_NETWORK_RESETS", "30/3600"),
    "verification": env.rate("LMS_LIMIT_VERIFICATION", "3/3600"),  # per account
    "network_verifications": env.rate("LMS_LIMIT_NETWORK_VERIFICATIONS", "30/3600"),
    "uploads": env.rate("LMS_LIMIT_UPLOADS", "20/3600"),
    "previews": env.rate("LMS_LIMIT_PREVIEWS", "30/60"),
    "attempts": env.rate("LMS_LIMIT_ATTEMPTS", "60/3600"),
    "taking": env.rate("LMS_LIMIT_TAKING", "30/60"),  # starts and submissions, repeated ones too
    "files": env.rate("LMS_LIMIT_FILES", "60/3600"),  # imports and exports of question banks
    "regrades": env.rate("LMS_LIMIT_REGRADES", "20/3600"),  # of all submissions of a quiz
    "statistics": env.rate("LMS_LIMIT_STATISTICS", "60/60"),
    "exports": env.rate("LMS_LIMIT_EXPORTS", "10/3600"),  # of a user's own data
}
# Emails, seconds: per recipient, and per recipient with an unverified address. LMS_RATE_LIMITS does
# not lift these limits, because they protect people who never asked for emails.
NOTIFICATION_MAILS = env.rate("LMS_LIMIT_NOTIFICATION_MAILS", "20/3600")
NOTIFICATION_MAILS_UNVERIFIED = env.rate("LMS_LIMIT_NOTIFICATION_MAILS_UNVERIFIED", "10/86400")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", default=0)

CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_CREDENTIALS = True
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = [
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-auth-mode",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After", "X-Request-ID"]

# Per process; requests that wait for an expensive job occupy at most half of the threads.
WEB_THREADS = env.number("WEB_THREADS", default=32 if SHARED_STORES else 128, least=1)
MOST_WAITING_REQUESTS = WEB_THREADS // 2

SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_SSL_REDIRECT = False  # The proxy redirects; health probes use plain HTTP.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # Only the domain's owner can decide about subdomains and the preload list.
    "security.W021",
    "security.W008",  # See SECURE_SSL_REDIRECT.
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *CORS_ALLOWED_ORIGINS]
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # For the admin; the API's parsers have their own limits.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The server itself serves static files and media, so other users of the machine need no access.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "apps.common.http.parsers.UnnamedUploadHandler",
]

VIDEO_HOSTS = env.words("VIDEO_HOSTS", "www.youtube-nocookie.com,player.vimeo.com")

# Files, on this disk or in an S3 bucket

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WEB_APP = ROOT / "frontend" / "dist" / "web" / "browser"  # Optional.
WHITENOISE_ROOT = WEB_APP if WEB_APP.exists() else None
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_BUCKET = env.text("MEDIA_S3_BUCKET")
IN_BUCKET = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": MEDIA_BUCKET,
        "region_name": env.text("MEDIA_S3_REGION") or None,
        "endpoint_url": env.text("MEDIA_S3_ENDPOINT") or None,
        "custom_domain": env.text("MEDIA_S3_DOMAIN") or None,
        "querystring_auth": not env.text("MEDIA_S3_DOMAIN"),
        "file_overwrite": False,
        # No request hangs because of an unreachable bucket.
        "client_config": Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 1}),
    },
}
ON_DISK = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
STORAGES = {
    "default": IN_BUCKET if MEDIA_BUCKET else ON_DISK,
    "staticfiles": {"BACKEND": "lms.site.static_storage.StaticFilesStorage"},
}

# Email

EMAIL = env.email("EMAIL_URL")
if EMAIL:
    globals().update(EMAIL)
else:
    EMAIL_BACKEND = "apps.common.mail.file_backend.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Learning <learning@localhost>")

# Languages

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [ROOT / "lms" / "locale"]

# Tasks

# Only one process can open the embedded store, so a Celery worker could not use it.
CELERY_BROKER_URL = (REDIS_URL or None) if MONGODB_URI else None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # The task of a worker that dies is run again.
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_TASK_PUBLISH_RETRY = False  # A sweep does the work of tasks that the broker did not accept.

LOGGING_CONFIG = "apps.common.logs.configure"
LOGGING = {"level": "DEBUG" if DEBUG else "INFO"}

SWAGGER_USE_COMPAT_RENDERERS = False
SWAGGER_SETTINGS = {
    "USE_SESSION_AUTH": False,
    "SECURITY_DEFINITIONS": {
        "Bearer": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "description": "`Bearer <access>`, with the access token from signing in.",
        },
    },
    "SPEC_URL": "/swagger.json",
    "FETCH_SCHEMA_WITH_QUERY": False,
}
REDOC_SETTINGS = {"SPEC_URL": "/swagger.json", "FETCH_SCHEMA_WITH_QUERY": False}
