"""The console's site: signing in, the first page, one's own password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import PasswordChangeView
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from unfold.sites import UnfoldAdminSite

from yipan.group.people.screens import scope_of_request
from yipan.surfaces.console.dashboard import board_of
from yipan.surfaces.console.overview import parts_of
from yipan.surfaces.console.sign_in import OwnPasswordForm, SignInView
from yipan.surfaces.console.tasks import tasks_of


class ConsoleSite(UnfoldAdminSite):
    """One site for all people of the back office; what each sees follows from their roles."""

    index_title = _("Overview")
    index_template = "console/overview.html"

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters())
    def login(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        if request.method == "GET" and self.has_permission(request):
            return redirect(reverse("admin:index", current_app=self.name))
        context = {**self.each_context(request), "title": _("Sign in"), **(extra_context or {})}
        context["app_path"] = request.get_full_path()
        request.current_app = self.name
        return SignInView.as_view(extra_context=context)(request)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        scope = scope_of_request(request)
        context = {"tasks": tasks_of(scope), "parts": parts_of(board_of(scope))}
        return super().index(request, {**context, **(extra_context or {})})

    def app_index(  # type: ignore[override]
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirect:
        """There is no page of a module: its first list stands in for it."""
        for app in self.get_app_list(request, app_label):
            for model in app["models"]:
                return HttpResponseRedirect(model["admin_url"])
        raise Http404

    @method_decorator(sensitive_post_parameters())
    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        request.current_app = self.name
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            template_name="registration/password_change_form.html",
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)
