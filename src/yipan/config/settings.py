"""Django settings, all from the environment (see docs/guides/configuration.md)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from yipan.config import environment as env
from yipan.config import launch, look
from yipan.kernel import embedded

PACKAGE = Path(__file__).resolve().parent.parent
HOME = launch.home()

YIPAN_DEMO = env.flag("YIPAN_DEMO")
DEBUG = env.flag("YIPAN_DEBUG")
YIPAN_MASTER_SECRETS = env.words("YIPAN_SECRET_KEY") or [env.DEVELOPMENT_SECRET]
SECRET_KEY = YIPAN_MASTER_SECRETS[0]
SECRET_KEY_FALLBACKS = YIPAN_MASTER_SECRETS[1:]
YIPAN_BASE_URL = env.text("YIPAN_BASE_URL", "http://localhost:8000").rstrip("/")
_is_https = YIPAN_BASE_URL.startswith("https://")
ALLOWED_HOSTS = [
    *env.words("YIPAN_HOSTS", "localhost,127.0.0.1,[::1]"),
    urlsplit(YIPAN_BASE_URL).hostname or "localhost",
]
# The tour signs anybody in as anybody, so it is there with the demo only.
YIPAN_MODULES_OFF = [*env.words("YIPAN_MODULES_OFF"), *([] if YIPAN_DEMO else ["showcase"])]
YIPAN_UPLINE_LIMIT = env.number("YIPAN_UPLINE_LIMIT", 1)
YIPAN_RATE_LIMIT_PER_MINUTE = env.number("YIPAN_RATE_LIMIT_PER_MINUTE", 6000)
YIPAN_WEBHOOK_PRIVATE_NETWORKS = env.flag("YIPAN_WEBHOOK_PRIVATE_NETWORKS")
# Lets buyers "pay" without money outside of the demo, too.
YIPAN_SANDBOX_PAYMENTS = env.flag("YIPAN_SANDBOX_PAYMENTS")
# Sign-in by phone and by WeChat.
YIPAN_SMS_URL = env.text("YIPAN_SMS_URL")
YIPAN_SMS_TOKEN = env.text("YIPAN_SMS_TOKEN")
YIPAN_SMS_PER_HOUR = env.number("YIPAN_SMS_PER_HOUR", 6000)
YIPAN_WECHAT_APP_ID = env.text("YIPAN_WECHAT_APP_ID")
YIPAN_WECHAT_APP_SECRET = env.text("YIPAN_WECHAT_APP_SECRET")
YIPAN_WECHAT_OPEN_URL = env.text("YIPAN_WECHAT_OPEN_URL", "https://open.weixin.qq.com")
YIPAN_WECHAT_API_URL = env.text("YIPAN_WECHAT_API_URL", "https://api.weixin.qq.com")
# Bytes of a request: kept in memory, or an uploaded file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
YIPAN_UPLOAD_LIMIT = 200 * 2**20
YIPAN_MEDIA_ROOT = HOME / "media"

# Two ways into one database: the application's role, which owns nothing and sees one tenant at a
# time, and the owner, who migrates. Processes that only serve need not know the owner.
YIPAN_APP_ROLE = env.text("YIPAN_APP_ROLE", "yipan_app")
YIPAN_EMBEDDED = launch.is_embedded()
YIPAN_EMBEDDED_FOLDER = HOME / "postgresql"
_engine = "yipan.kernel.postgresql"
_app_url = env.text("DATABASE_APP_URL")
YIPAN_DATABASE_URL = (
    embedded.url(YIPAN_EMBEDDED_FOLDER) if YIPAN_EMBEDDED else env.text("DATABASE_URL") or _app_url
)
DATABASES = {
    "default": env.database(_app_url, engine=_engine)
    if _app_url
    else env.database(
        YIPAN_DATABASE_URL,
        engine=_engine,
        user=YIPAN_APP_ROLE,
        password=env.app_password(YIPAN_MASTER_SECRETS[0], YIPAN_APP_ROLE),
    ),
    "owner": env.database(YIPAN_DATABASE_URL, engine=_engine),
}
DATABASE_ROUTERS = ["yipan.config.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MODULES = [
    "yipan.kernel",
    "yipan.group.organisations",
    "yipan.group.people",
    "yipan.goods.catalogue",
    "yipan.goods.stock",
    "yipan.customers.members",
    "yipan.ledger",
    "yipan.trade.orders",
    "yipan.trade.payments",
    "yipan.trade.fulfilment",
    "yipan.trade.checkout",
    "yipan.distribution.distributors",
    "yipan.distribution.pool",
    "yipan.distribution.sharing",
    "yipan.distribution.attribution",
    "yipan.distribution.commissions",
    "yipan.payouts.settlement",
    "yipan.payouts.withdrawals",
    "yipan.insight.facts",
    "yipan.surfaces.openapi",
    "yipan.surfaces.webhooks",
    "yipan.surfaces.design",
    "yipan.surfaces.live",
    "yipan.surfaces.console",
    "yipan.surfaces.workbench",
    "yipan.surfaces.mall",
    "yipan.surfaces.showcase",
]
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "yipan.surfaces.console.framework.ConsoleAdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_cotton",
    "django_htmx",
    "procrastinate.contrib.django",
    "ninja",  # for the files of its documentation page
    *MODULES,
]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # user names are unique within a tenant

MIDDLEWARE = [
    "yipan.config.headers.SecurityHeaders",
    "yipan.surfaces.openapi.gate.ApiGate",  # answers /api/ itself; programs pass none of the rest
    "yipan.config.unread.Unread",
    "django.middleware.security.SecurityMiddleware",
    "yipan.config.static_files.StaticFiles",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yipan.config.static_files.CompressPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "yipan.group.people.sessions.TenantSessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yipan.surfaces.console.reader.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "yipan.config.urls"
WSGI_APPLICATION = "yipan.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "surfaces" / "console" / "templates"],  # goes before the framework's
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["yipan.surfaces.design.templatetags.design"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yipan.surfaces.design.appearance.context",
            ],
        },
    },
]
UNFOLD = look.UNFOLD
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["yipan.group.people.sessions.TenantBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGIN_URL = "admin:login"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["yipan.config.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yipan.config.static_files.VersionedFiles"},
}
WHITENOISE_USE_FINDERS = True
COTTON_ISOLATE_BY_DEFAULT = True  # a component sees its attributes, not the page around it

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
CSRF_TRUSTED_ORIGINS = [YIPAN_BASE_URL]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = env.number("YIPAN_HSTS_SECONDS", 30 * 86_400 if _is_https else 0)
X_FRAME_OPTIONS = "DENY"
YIPAN_BEHIND_PROXY = env.flag("YIPAN_BEHIND_PROXY")
if YIPAN_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"outages": {"()": "yipan.config.outage.ShortOutages"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["outages"]}
    },
    "root": {"handlers": ["stderr"], "level": env.text("YIPAN_LOG_LEVEL", "WARNING")},
}
