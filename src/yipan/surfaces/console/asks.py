"""Dialogs that ask before something is done: what, with which words, and why.

An `Ask` is a form that knows its words and its action. `ask_and_do` shows it (htmx puts it into the
page's `#asks`), shows it again with what was wrong, or does it and leads on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError
from yipan.surfaces.console.page import ConsoleRequest
from yipan.surfaces.design.once import sent_once

Words = str | Promise


class Ask(forms.Form):
    """One act on one thing (`subject`) by whoever holds `paths`."""

    title: ClassVar[Words] = ""
    confirm: ClassVar[Words] = _("Confirm")
    tone: ClassVar[str] = "normal"
    icon: ClassVar[str] = ""
    done: ClassVar[Words] = _("Done.")
    field_names: ClassVar[Mapping[str, str]] = {}
    """Fields that an error calls otherwise than the form does."""

    def __init__(
        self, *args: Any, subject: Any, paths: tuple[str, ...] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        self.paths = paths
        self.arrange()

    def arrange(self) -> None:
        """Fill in choices and what stands there now."""

    @property
    def text(self) -> str:
        """What will happen, in a sentence or two."""
        return ""

    def act(self, by: Actor) -> object:
        """Do it. Raises DomainError, whose field is shown at the field."""
        raise NotImplementedError

    def refuse(self, error: DomainError) -> None:
        """Show why it was not done, at the field where it is one's fault."""
        field = str(error.data.get("field", "")).removesuffix("_id")
        field = self.field_names.get(field, field)
        sentence = str(error.data.get("reason") or error) if field in self.fields else str(error)
        self.add_error(field if field in self.fields else None, sentence)


class WithReason(forms.Form):
    """An act whose reason is written down."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Is written into the audit trail."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def ask_and_do(request: ConsoleRequest, ask: Ask, *, lands: str) -> HttpResponse:
    """The dialog, or, once it is confirmed and done, the way to `lands` with a message.

    However often the dialog is sent, it is done once.
    """
    return cast("HttpResponse", _answered(request, ask=ask, lands=lands))


@sent_once(optional=True)
def _answered(request: ConsoleRequest, *, ask: Ask, lands: str) -> HttpResponse:
    if request.method == "POST" and ask.is_valid():
        try:
            ask.act(request.actor)
        except DomainError as error:
            ask.refuse(error)
        else:
            messages.success(request, str(ask.done))
            return HttpResponse(headers={"HX-Redirect": lands})
    status = 422 if request.method == "POST" else 200
    context = {"ask": ask, "address": request.get_full_path()}
    return render(request, "console/ask.html", context, status=status)
