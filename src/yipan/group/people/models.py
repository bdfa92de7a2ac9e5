"""People who sign in, and what they may do where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.models import Organisation
from yipan.group.people.scope import Scope
from yipan.kernel import modules
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.tenant_model import TenantModel


class Role(models.TextChoices):
    """What a person does at an organisation; permissions per role stand in `rules.py`."""

    ADMINISTRATOR = "administrator", _("administrator")
    OPERATIONS = "operations", _("operations")
    FINANCE = "finance", _("finance")
    APPROVER = "approver", _("payout approver")
    AUDITOR = "auditor", _("auditor")
    STORE_MANAGER = "store_manager", _("store manager")
    GUIDE = "guide", _("shopping guide")
    EMPLOYEE = "employee", _("employee")


class Person(AbstractBaseUser, TenantModel):
    """An account of one person in one tenant."""

    # No defaults for these two: the framework makes an empty instance before any tenant is known.
    id = models.BigIntegerField(primary_key=True, editable=False)
    tenant_id = models.BigIntegerField(editable=False)
    username = models.CharField(max_length=60)
    """Unique in the tenant, without case (rules.normalised_username)."""
    name = models.CharField(max_length=60)
    email = models.EmailField(default="", blank=True)
    phone_sealed = models.TextField(default="", blank=True)
    """Encrypted at rest (kernel.crypto)."""
    phone_index = models.CharField(max_length=64, default="", blank=True)
    """Keyed blind index of the phone."""
    wechat_index = models.CharField(max_length=64, default="", blank=True)
    """Keyed blind index of the WeChat account that was joined to a proven phone."""
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "username"], name="person_username"),
            # Sign-in by phone.
            models.UniqueConstraint(
                fields=["tenant_id", "phone_index"],
                condition=models.Q(is_active=True) & ~models.Q(phone_index=""),
                name="person_phone",
            ),
            # Sign-in by WeChat.
            models.UniqueConstraint(
                fields=["tenant_id", "wechat_index"],
                condition=models.Q(is_active=True) & ~models.Q(wechat_index=""),
                name="person_wechat",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        """For audit and history."""
        return Actor(ActorKind.PERSON, self.pk, self.username)

    @cached_property
    def scope(self) -> Scope:
        """What the person may do where; one statement, once per instance, so once per request."""
        if not self.is_active:
            return Scope(self.tenant_id, {})
        rows = RoleAssignment.objects.filter(person_id=self.pk)
        pairs = rows.values_list("role", "organisation__path")
        return Scope.of_roles(self.tenant_id, pairs, modules.all_permissions())

    # What the framework's admin asks a user. Its own permission names are in no card, so a screen
    # that does not ask for ours stays closed.

    @property
    def is_staff(self) -> bool:
        """Whether the console is open to the person."""
        return self.is_active and self.scope.opens_console

    def get_full_name(self) -> str:
        """Who is signed in, in the corner of the page."""
        return self.name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Whether the person holds a permission such as `orders.read` anywhere."""
        return self.scope.holds(perm)

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:
        """Whether the person holds all of these permissions anywhere."""
        return all(self.has_perm(perm) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the person holds any permission of a module."""
        return any(name.startswith(f"{app_label}.") for name in self.scope.granted)


class RoleAssignment(TenantModel):
    """A person has a role at an organisation, and so over its subtree."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=200, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "person", "organisation", "role"], name="role_once"
            ),
        ]


class SignInAttempt(TenantModel):
    """How often one name was tried at the door lately, whether or not anybody has that name."""

    username = models.CharField(max_length=60)
    """As it was typed, normalised."""
    attempts = models.PositiveIntegerField()
    """Since `since`; counted before the password is looked at, forgotten after the right one."""
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "username"], name="sign_in_attempt"),
        ]
        indexes: ClassVar = [
            # The nightly job removes old ones.
            models.Index(fields=["tenant_id", "since"], name="sign_in_attempt_age"),
        ]
