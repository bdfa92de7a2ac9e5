"""Fulfilment in the console: pack, ship, put aside, hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from yipan.group.people.columns import badge, link_to
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.screens import ReadOnlyInline, ScopedAdmin, actor_of, scope_of_request
from yipan.kernel.errors import InvalidField, NotAllowed
from yipan.trade.fulfilment import actions
from yipan.trade.fulfilment.errors import PickUpCodeWrong
from yipan.trade.fulfilment.models import Fulfilment, FulfilmentStep
from yipan.trade.fulfilment.rules import BEFORE, FINAL, UNSENT, Method, State, StepCode
from yipan.trade.fulfilment.sealing import masked_address
from yipan.trade.fulfilment.words import STEP_TEXTS
from yipan.trade.orders.models import STATE_NAMES as ORDER_STATES
from yipan.trade.orders.models import Order
from yipan.trade.orders.rules import OrderState

_TONES = {
    State.WAITING: "wait",
    State.PACKED: "wait",
    State.READY: "wait",
    State.RECEIVED: "good",
    State.HANDED_OVER: "good",
    State.CANCELLED: "bad",
}
_STEPS = {
    State.PACKED: ("pack", _("Packed")),
    State.SHIPPED: ("ship", _("Ship")),
    State.READY: ("ready", _("Put aside for pick-up")),
    State.HANDED_OVER: ("hand_over", _("Hand over")),
    State.RECEIVED: ("receive", _("Parcel received")),
}
_REVEAL = "fulfilment.reveal"
_WHO = {"member": _("the buyer"), "system": _("the system")}

if TYPE_CHECKING:
    _Form = forms.ModelForm[Fulfilment]
else:
    _Form = forms.ModelForm


class StepForm(_Form):
    """The next step, with what it needs."""

    step = forms.ChoiceField(
        label=_("Next step"), choices=(), required=False, widget=UnfoldAdminSelectWidget
    )
    given_carrier = forms.CharField(
        label=_("Carrier"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget
    )
    given_tracking_no = forms.CharField(
        label=_("Tracking number"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget
    )
    given_code = forms.CharField(
        label=_("Pick-up code"),
        help_text=_("The six digits that the buyer shows"),
        max_length=12,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Fulfilment
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        step = self.fields["step"]
        if isinstance(step, forms.ChoiceField):
            step.choices = [("", "—"), *_choices(self.instance)]


def _choices(row: Fulfilment) -> list[tuple[str, Any]]:
    """What can be done with it now."""
    if not row.state:
        return []
    method, state = Method(row.method), State(row.state)
    found = [
        _STEPS[to]
        for (of, to), before in BEFORE.items()
        if of is method and state in before and to in _STEPS
    ]
    if state is State.SHIPPED:
        found.append(("ship", _("Correct carrier or number")))
    if method is Method.PICK_UP and state in UNSENT:
        found.append(("renew_code", _("Give the buyer a new code")))
    if method is Method.DELIVERY:
        found.append(("reveal", _("Show the whole address (is written down)")))
    return found


class StepInline(ReadOnlyInline):
    """What happened on the way."""

    model = FulfilmentStep
    fields = ("at", "what", "note", "who")
    readonly_fields = fields
    ordering = ("-id",)

    @admin.display(description=pgettext_lazy("fulfilment", "step"))
    def what(self, step: FulfilmentStep) -> str:
        return str(STEP_TEXTS[StepCode(step.code)])

    @admin.display(description=_("by"))
    def who(self, step: FulfilmentStep) -> str:
        kind, _id, label = step.by.split(":", 2)
        return str(_WHO.get(kind, label))


@admin.register(Fulfilment)
class FulfilmentAdmin(ScopedAdmin):
    """How orders reach their buyers, newest first; those with something to do by the filter."""

    permission = "fulfilment"
    can_change = True
    form = StepForm
    inlines = (StepInline,)
    list_display = (
        "order_number", "store", "method", "state_badge", "recipient", "carrier", "tracking_no",
        "created_at",
    )  # fmt: skip
    list_display_links = ("order_number",)
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("method", ChoicesDropdownFilter),
        OrganisationFilter,
    )
    list_select_related = ("organisation",)
    search_fields = ("order_number__exact", "tracking_no__exact")
    search_help_text = _("number of the order or of the parcel")
    ordering = ("-id",)
    sortable_by = ()
    readonly_fields = (
        "order", "store", "method", "state_badge", "recipient", "note", "carrier", "tracking_no",
        "created_at", "shipped_at", "ready_at", "ended_at",
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Fulfilment | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return self.readonly_fields
        pick_up = obj is not None and obj.method == Method.PICK_UP
        needs = ("given_code",) if pick_up else ("given_carrier", "given_tracking_no")
        return (*self.readonly_fields, "step", *needs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        ended = isinstance(obj, Fulfilment) and State(obj.state) in FINAL
        return not ended and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the action of the step; `obj` itself is never written."""
        given = form.cleaned_data
        who: dict[str, Any] = {"fulfilment_id": obj.id, "by": actor_of(request)}
        match given["step"]:
            case "pack":
                actions.pack(**who)
            case "ship":
                carrier, number = given.get("given_carrier", ""), given.get("given_tracking_no", "")
                actions.ship(carrier=carrier, tracking_no=number, **who)
            case "ready":
                actions.mark_ready(**who)
            case "receive":
                actions.record_receipt(**who)
            case "renew_code":
                actions.renew_code(**who)
            case "hand_over":
                self._hand_over(request, given.get("given_code", ""), who)
            case "reveal":
                self._reveal(request, obj, who)

    def _hand_over(self, request: HttpRequest, code: str, who: dict[str, Any]) -> None:
        if not code.strip():
            raise InvalidField(field="code", reason=str(_("must not be empty")))
        try:
            actions.hand_over(code=code, **who)
        except PickUpCodeWrong as wrong:  # told, not raised: the wrong code has to be counted
            messages.error(request, str(wrong))

    def _reveal(self, request: HttpRequest, obj: Fulfilment, who: dict[str, Any]) -> None:
        scope = scope_of_request(request)
        if not any(scope.allows(_REVEAL, path) for path in self.paths_of(obj)):
            raise NotAllowed(permission=_REVEAL)
        messages.info(request, actions.reveal_address(**who).text)

    def row_title(self, row: Fulfilment) -> str:
        """For the head of its page."""
        return row.order_number

    @admin.display(description=_("order"))
    def order(self, row: Fulfilment) -> SafeString | str:
        return link_to(Order, row.order_id, row.order_number)

    @admin.display(description=_("organisation"))
    def store(self, row: Fulfilment) -> str:
        return row.organisation.name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        states = Order.objects.filter(id=OuterRef("order_id")).values("state")
        rows: QuerySet[Any] = super().get_queryset(request)
        known: QuerySet[Any] = rows.annotate(order_state=Subquery(states))
        return known

    @admin.display(description=_("state"))
    def state_badge(self, row: Any) -> SafeString:
        if row.order_state == OrderState.CAPTURED:  # nothing to do yet
            return badge(ORDER_STATES[OrderState.CAPTURED])
        return badge(row.get_state_display(), _TONES.get(State(row.state), ""))

    @admin.display(description=_("recipient"))
    def recipient(self, row: Fulfilment) -> str:
        return masked_address(row) or "–"
