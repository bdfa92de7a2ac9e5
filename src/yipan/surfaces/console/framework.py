"""Makes the console the framework's admin site, without its own search for screens.

Which screens there are follows from the modules that are on, see `apps.py`.
"""

from django.contrib.admin.apps import SimpleAdminConfig


class ConsoleAdminConfig(SimpleAdminConfig):
    """`django.contrib.admin` with our site as the default one."""

    default_site = "yipan.surfaces.console.site.ConsoleSite"
