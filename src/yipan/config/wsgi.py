"""The WSGI entry."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from yipan.config.environment import DEVELOPMENT_SECRET

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yipan.config.settings")
application = get_wsgi_application()

if DEVELOPMENT_SECRET in settings.YIPAN_MASTER_SECRETS and not (
    settings.YIPAN_DEMO or settings.DEBUG
):
    message = "YIPAN_SECRET_KEY is not set: the development secret is known to everybody"
    raise ImproperlyConfigured(message)

# Loaded here rather than with the first request: nobody waits, and forked processes share it.
get_resolver().url_patterns  # noqa: B018 - they load when they are asked for
