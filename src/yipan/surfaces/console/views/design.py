"""The page that shows every component in every state, in light and dark."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from yipan.kernel.errors import NotAllowed
from yipan.surfaces.console.page import ConsoleRequest, console_page, console_view
from yipan.surfaces.console.specimens import sections
from yipan.surfaces.design.appearance import ACCENTS, accent, set_accent


class SampleForm(forms.Form):
    """One field of each kind, two of them filled in wrongly."""

    name = forms.CharField(label="姓名", help_text="与银行卡一致")
    kind = forms.ChoiceField(label="类型", choices=[("guide", "导购"), ("partner", "合伙人")])
    reach = forms.ChoiceField(
        label="范围", choices=[("store", "本门店"), ("all", "平台全部")], widget=forms.RadioSelect
    )
    agrees = forms.BooleanField(label="已阅读并同意协议", required=False)
    note = forms.CharField(label="备注", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def _samples() -> dict[str, Any]:
    days = [f"11/{day}" for day in range(1, 15)]
    sales = [
        182_000, 214_500, 169_900, 256_000, 301_200, 288_000, 412_300,
        265_000, 233_100, 198_700, 342_000, 377_700, 351_000, 496_800,
    ]  # fmt: skip
    return {
        "form": SampleForm(initial={"name": "王芳"}),
        "wrong": SampleForm({"name": "", "kind": "guide"}, prefix="wrong"),
        "kinds": [("employee", "员工"), ("guide", "导购"), ("partner", "合伙人")],
        "views": [("store", "本门店"), ("platform", "平台全部")],
        "line": {
            "labels": days,
            "unit": "fen",
            "series": [{"name": "销售额", "values": sales}],
        },
        "bars": {
            "labels": days[:7],
            "unit": "count",
            "series": [
                {"name": "触达", "values": [12, 18, 9, 22, 31, 28, 40]},
                {"name": "成交", "values": [3, 4, 2, 6, 8, 7, 11]},
            ],
        },
        "changes": [
            {"label": "结算周期", "before": "15 天", "after": "7 天"},
            {"label": "税率", "before": "", "after": "20%"},
        ],
        "page": Paginator(range(95), 10).page(3),
        "tones": ("neutral", "accent", "good", "warn", "bad", "info"),
        "kinds_of_button": ("primary", "secondary", "quiet", "danger", "link"),
    }


@console_view()
def design(request: ConsoleRequest) -> HttpResponse:
    """`?theme=light` or `dark`; without, the page follows the console's own switch.

    Whoever may change headquarters chooses the accent of the phone pages here.
    """
    theme = request.GET.get("theme", "")
    may_choose = request.scope.allows_everywhere("organisations.write")
    if request.method == "POST":
        if not may_choose:
            raise NotAllowed(permission="organisations.write")
        set_accent(request.POST.get("accent", ""), by=request.actor)
        messages.success(request, _("The accent was changed."))
        return HttpResponseRedirect(request.get_full_path())
    return console_page(
        request,
        "console/design.html",
        title=_("Design system"),
        theme_shown=theme if theme in {"light", "dark"} else "",
        themes=[("", _("As the console")), ("light", _("Light")), ("dark", _("Dark"))],
        accents=ACCENTS,
        accent_now=accent(),
        may_not_choose=not may_choose,
        sections=sections(),
        **_samples(),
    )
