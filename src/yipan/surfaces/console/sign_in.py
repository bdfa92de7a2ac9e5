"""The door of the console."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from yipan.group.people.actions import change_password
from yipan.group.people.errors import SignInRefused, TooManyAttempts
from yipan.group.people.models import Person
from yipan.group.people.sessions import proves_password, sign_in, sign_out
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.console.only_group import only_group

GROUP_COOKIE: Final = "yipan_group"
"""The code of the group that was signed in to last from this browser; no secret."""
_A_YEAR: Final = 365 * 86_400


class SignInForm(forms.Form):
    """Group, name and password."""

    group = forms.CharField(
        label=_("Group code"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "organization"}),
    )
    username = forms.CharField(
        label=_("User name or phone"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = request.COOKIES.get(GROUP_COOKIE, "") if request else ""
        known = known or only_group()
        self.fields["group"].initial = request.GET.get("group", known) if request else known
        first = "username" if self.fields["group"].initial else "group"
        self.fields[first].widget.attrs["autofocus"] = True


class SignInView(LoginView):
    """Signs in through `sessions.sign_in`, which counts attempts and enters the tenant."""

    authentication_form = SignInForm  # type: ignore[assignment]
    template_name = "console/sign_in.html"
    next_page = "admin:index"

    def form_valid(self, form: Any) -> HttpResponse:
        values = form.cleaned_data
        try:
            person = sign_in(
                self.request,
                tenant=values["group"],
                username=values["username"],
                password=values["password"],
            )
        except SignInRefused as error:
            return self._refused(form, str(error))
        except TooManyAttempts as error:
            response = self._refused(form, str(error), HTTPStatus.TOO_MANY_REQUESTS)
            response.headers["Retry-After"] = str(error.data["retry_after"])
            return response
        with tenant_context(person.tenant_id):
            opens = person.is_staff
        if not opens:
            sign_out(self.request)
            return self._refused(form, _("This account does not open the console."))
        response = HttpResponseRedirect(self.get_success_url())
        _remember(self.request, response, group=values["group"], person=person)
        return response

    def _refused(
        self, form: forms.Form, reason: Any, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        form.add_error(None, reason)
        response = self.render_to_response(self.get_context_data(form=form))
        response.status_code = status
        return response


def _remember(request: HttpRequest, response: HttpResponse, *, group: str, person: Person) -> None:
    """The group for the next time, and the person's language where none was chosen here."""
    kept: dict[str, Any] = {
        "max_age": _A_YEAR,
        "samesite": "Lax",
        "secure": settings.SESSION_COOKIE_SECURE,
    }
    response.set_cookie(GROUP_COOKIE, group.strip(), httponly=True, **kept)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, person.language, **kept)


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """The framework's form, proven and saved by ours."""

    def clean_old_password(self) -> str:
        typed: str = self.cleaned_data["old_password"]
        try:
            is_proven = proves_password(self.user, typed)
        except TooManyAttempts as error:
            raise forms.ValidationError(str(error)) from error
        if not is_proven:
            raise forms.ValidationError(self.error_messages["password_incorrect"])
        return typed

    def save(self, commit: bool = True) -> Person:
        person: Person = self.user
        password = self.cleaned_data["new_password1"]
        changed = change_password(person=person, password=password, by=person.actor)
        person.password = changed.password
        return person
