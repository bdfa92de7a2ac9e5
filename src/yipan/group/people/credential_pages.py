"""Lists of what programs prove themselves with: made, changed and renewed in the console.

What is secret about them is shown once, to the person who had it made, and never again: a form
that is sent twice makes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from yipan.group.organisations.queries import Node, tree
from yipan.group.people.columns import list_of
from yipan.group.people.list_pages import ListPage
from yipan.group.people.screens import scope_of_request
from yipan.group.people.sent_again import is_sent_again, new_mark
from yipan.kernel.errors import DomainError


class Issued(NamedTuple):
    """What is shown once."""

    row: Any
    """What it belongs to; has a page in the console."""
    name: str
    secret: str


class CredentialPage(ListPage):
    """A list whose rows stand under an organisation and carry a secret of their own."""

    can_add = True
    acts: ClassVar[Sequence[str]] = ()
    """Views of the screen that are called with a row's id, by their names."""
    new_template: ClassVar[str] = ""
    new_title: ClassVar[str | Promise] = ""
    issued_template: ClassVar[str] = ""
    """Shows `issued`."""
    issued_title: ClassVar[str | Promise] = ""

    def create(self, request: HttpRequest, home: Node) -> Issued:
        """Make what the form says. Raises DomainError."""
        raise NotImplementedError

    def new_context(self, request: HttpRequest) -> dict[str, Any]:
        """More for the form of a new one."""
        return {}

    def renew(self, request: HttpRequest, row: Any) -> Issued:
        """Give it another secret. Raises DomainError."""
        raise NotImplementedError

    def changeable(self, request: HttpRequest) -> QuerySet[Any]:
        # Without what the list counts.
        return ListPage.get_queryset(self, request).select_related("organisation")

    def get_urls(self) -> list[URLPattern]:
        ours = [self.route(f"<int:row_id>/{act}/", getattr(self, act), act) for act in self.acts]
        return [*ours, *super().get_urls()]

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        return {
            "may_add": self.has_add_permission(request),
            "add_address": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add"),
        }

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form of a new one; then its secret, once."""
        if not self.has_add_permission(request):
            raise Http404
        paths = scope_of_request(request).paths(f"{self.permission}.write")
        nodes = [n for n in tree().by_id.values() if any(n.path.startswith(p) for p in paths)]
        if request.method == "POST":
            home = next((n for n in nodes if str(n.id) == request.POST.get("organisation")), None)
            if home is None:
                raise Http404
            answer = self._issued(request, lambda: self.create(request, home), list_of(self.model))
            if answer is not None:
                return answer
        return self.beside(
            request,
            self.new_template,
            title=self.new_title,
            nodes=[(str(node.id), node.name) for node in nodes],
            given=request.POST,
            mark=new_mark(),
            **self.new_context(request),
        )

    def rotate(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Give a new secret, shown once; for a day the one before counts, too."""
        row = self.posted(request, row_id)
        back = self.page_of(row.pk)
        return self._issued(request, lambda: self.renew(request, row), back.url) or back

    def _issued(
        self, request: HttpRequest, make: Callable[[], Issued], otherwise: str
    ) -> HttpResponse | None:
        """The page that shows a secret; None where it was refused, with the reason as a message.

        For a form that was sent before: nothing is made, and one is led to `otherwise`.
        """
        if is_sent_again(request):
            messages.info(request, _("It was shown already; nothing more was done."))
            return HttpResponseRedirect(otherwise)
        try:
            made = make()
        except DomainError as error:
            messages.error(request, str(error))
            return None
        answer = self.beside(request, self.issued_template, title=self.issued_title, issued=made)
        answer.headers["Cache-Control"] = "no-store"
        return answer
