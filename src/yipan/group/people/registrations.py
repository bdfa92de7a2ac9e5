"""What people hook into the framework's sign-in, and how the index of a phone is written anew."""

from collections.abc import Sequence

from django.contrib.auth.signals import user_logged_in

from yipan.group.people.phones import phone_index
from yipan.group.people.sessions import remember_tenant
from yipan.kernel.resealing import Opened, reindexes, write_indexes

# The framework's own writes the time of sign-in with no tenant in context.
user_logged_in.disconnect(dispatch_uid="update_last_login")
user_logged_in.connect(remember_tenant, dispatch_uid="yipan.group.people.remember_tenant")


@reindexes("people_person", "phone_sealed")
def reindex_phones(opened: Sequence[Opened]) -> int:
    """Have people found by their phones; how many are not."""
    indexes = [(id_, phone_index(phone)) for id_, phone in opened]
    taken = "o.phone_index = u.value AND o.is_active AND t.is_active"
    return write_indexes("people_person", "phone_index", indexes, unless_taken=taken)
