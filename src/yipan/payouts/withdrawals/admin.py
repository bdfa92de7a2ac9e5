"""Withdrawals in the console: approve, reject, cancel; cards without their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from yipan.group.people.columns import badge, money
from yipan.group.people.screens import ReadOnlyInline, ScopedAdmin, actor_of, scope_of_request
from yipan.kernel.errors import NotAllowed
from yipan.payouts.withdrawals import actions
from yipan.payouts.withdrawals.models import (
    BankCard,
    Withdrawal,
    WithdrawalState,
    WithdrawalStep,
)

_UNDECIDED = frozenset({WithdrawalState.REQUESTED, WithdrawalState.APPROVED})
_NEEDS = {
    "approve": "withdrawals.approve",
    "reject": "withdrawals.approve",
    "cancel": "withdrawals.write",
}


if TYPE_CHECKING:
    _Form = forms.ModelForm[Withdrawal]
else:
    _Form = forms.ModelForm


class DecisionForm(_Form):
    """What is decided on a withdrawal that was not handed over yet, and why."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("", "—"),
            ("approve", _("Approve")),
            ("reject", _("Reject")),
            ("cancel", _("Cancel")),
        ],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    why = forms.CharField(
        label=_("Why"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Withdrawal
        fields: ClassVar[list[str]] = []


class StepInline(ReadOnlyInline):
    """Every transition: who, when, why."""

    model = WithdrawalStep
    fields = ("at", "from_state", "to_state", "by", "reason")
    readonly_fields = fields
    ordering = ("at", "id")


_TONES = {
    WithdrawalState.REQUESTED: "wait",
    WithdrawalState.APPROVED: "wait",
    WithdrawalState.SUBMITTED: "wait",
    WithdrawalState.UNKNOWN: "bad",
    WithdrawalState.SUCCEEDED: "good",
    WithdrawalState.FAILED: "bad",
    WithdrawalState.REJECTED: "bad",
}


@admin.register(Withdrawal)
class WithdrawalAdmin(ScopedAdmin):
    """Payouts, newest first."""

    permission = "withdrawals"
    organisation_lookup = "distributor__organisation__path"
    can_change = True
    form = DecisionForm
    inlines = (StepInline,)
    list_display = ("reference", "distributor", "asked", "arrives", "state_badge", "requested_at")
    list_filter = ("state", "needs_approval", "provider", "requested_at")
    list_select_related = ("distributor__organisation",)
    search_fields = ("reference", "distributor__code", "distributor__name")
    ordering = ("-requested_at",)
    readonly_fields = (
        "reference", "distributor", "card_shown", "asked", "withheld", "arrives", "state_badge",
        "provider", "needs_approval", "requested_at", "requested_by", "approved_by",
        "submitted_at", "ended_at", "reason",
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Withdrawal | None = None) -> Any:
        decision = ("decision", "why") if self.has_change_permission(request, obj) else ()
        return (*self.readonly_fields, *decision)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, Withdrawal) and obj.state not in _UNDECIDED:
            return False
        if obj is None:
            return any(scope_of_request(request).holds(name) for name in _NEEDS.values())
        return any(self._allows(request, name, obj) for name in _NEEDS.values())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the action of the decision; `obj` itself is never written."""
        decision, why = form.cleaned_data["decision"], form.cleaned_data["why"]
        if not decision:
            return
        if not self._allows(request, _NEEDS[decision], obj):
            raise NotAllowed(permission=_NEEDS[decision])
        given: dict[str, Any] = {"withdrawal_id": obj.id, "by": actor_of(request), "reason": why}
        if decision == "approve":
            actions.approve_withdrawal(**given)
        elif decision == "reject":
            actions.reject_withdrawal(**given)
        else:
            actions.cancel_withdrawal(**given)

    def row_title(self, withdrawal: Withdrawal) -> str:
        """For the head of its page."""
        return withdrawal.reference

    def _allows(self, request: HttpRequest, permission: str, obj: Model) -> bool:
        scope = scope_of_request(request)
        return any(scope.allows(permission, path) for path in self.paths_of(obj))

    @admin.display(description=_("gross"), ordering="gross")
    def asked(self, withdrawal: Withdrawal) -> SafeString:
        return money(withdrawal.gross)

    @admin.display(description=_("tax"))
    def withheld(self, withdrawal: Withdrawal) -> SafeString:
        return money(withdrawal.tax)

    @admin.display(description=_("net"), ordering="net")
    def arrives(self, withdrawal: Withdrawal) -> SafeString:
        return money(withdrawal.net)

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, withdrawal: Withdrawal) -> SafeString:
        tone = _TONES.get(WithdrawalState(withdrawal.state), "")
        return badge(withdrawal.get_state_display(), tone)

    @admin.display(description=_("card"))
    def card_shown(self, withdrawal: Withdrawal) -> str:
        return f"{withdrawal.card.bank} ·· {withdrawal.card.last_four}"


@admin.register(BankCard)
class BankCardAdmin(ScopedAdmin):
    """Cards by their last four digits; the rest stays sealed."""

    permission = "withdrawals"
    organisation_lookup = "distributor__organisation__path"
    list_display = ("distributor", "bank", "last_four", "verified_at", "removed_at")
    list_filter = ("verified_at", "removed_at")
    list_select_related = ("distributor__organisation",)
    search_fields = ("distributor__code", "distributor__name", "=last_four")
    fields = (
        "distributor", "bank", "last_four", "verified_at", "verified_by", "created_at",
        "removed_at",
    )  # fmt: skip
    readonly_fields = fields
    ordering = ("-created_at",)
