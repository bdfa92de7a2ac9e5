"""What people hook into the framework's sign-in."""

from django.contrib.auth.signals import user_logged_in

from yipan.group.people.sessions import remember_tenant

# The framework's own writes the time of sign-in with no tenant in context.
user_logged_in.disconnect(dispatch_uid="update_last_login")
user_logged_in.connect(remember_tenant, dispatch_uid="yipan.group.people.remember_tenant")
