"""What the components are written with; known in every template without `{% load %}`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    MultiWidget,
    RadioSelect,
    Select,
)
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from yipan.kernel.money import yuan as yuan_of

register = template.Library()
_SURFACES: Final = frozenset({"w", "console", "demo"})


@register.simple_tag
def rest(attrs: Any) -> SafeString:
    """The attributes that a component has no name for, onto its element.

    Values are escaped; True is a bare attribute, False and None are left out.
    """
    known: Mapping[str, Any] = attrs.attrs_dict() if attrs else {}
    parts = []
    for name, value in known.items():
        if name == "class" or value is False or value is None:
            continue
        # A quote in a value that counts as safe stood in the template: `hx-vals='{"id": 1}'`.
        text = conditional_escape(value).replace('"', "&quot;")
        parts.append(
            format_html(" {}", name)
            if value is True
            else format_html(' {}="{}"', name, mark_safe(text))  # noqa: S308 - escaped above
        )
    return mark_safe("".join(parts))  # noqa: S308 - made of escaped parts


@register.simple_tag
def rest_class(attrs: Any) -> SafeString:
    """The classes that whoever uses a component adds to its own."""
    extra = attrs.attrs_dict().get("class", "") if attrs else ""
    return format_html(" {}", extra) if extra else mark_safe("")


@register.simple_tag
def icon_address(name: str) -> str:
    """Where a drawing of the sprite is."""
    return f"{static('design/icons.svg')}#{name}"


@register.filter
def yuan(fen: int | str | None) -> str:
    """Fen as people read them: ¥1,234.50; a dash where there is no amount."""
    return "–" if fen is None or fen == "" else yuan_of(int(fen))


@register.filter
def yuan_parts(fen: int | str) -> tuple[str, str]:
    """The two sizes in which a price is set: `¥1,234` and `.50`."""
    whole, _, rest_of_it = yuan_of(int(fen)).partition(".")
    return whole, f".{rest_of_it}"


@register.filter
def initial(name: str) -> str:
    """What an avatar without a picture shows: the last sign of a Chinese name, else the first."""
    stripped = str(name).strip()
    if not stripped:
        return ""
    return stripped[-1] if ord(stripped[-1]) >= 0x2E80 else stripped[0].upper()


@register.filter
def as_json(value: Any) -> str:
    """Plain data for an attribute of an element of ours."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


@register.filter
def share(value: int, whole: int) -> int:
    """Hundredths of a whole, 0 to 100."""
    return 0 if not whole else max(0, min(100, int(value) * 100 // int(whole)))


@register.filter
def is_in(value: Any, many: Any) -> bool:
    """Whether a choice is the chosen one, or among the chosen ones; compared as text."""
    if isinstance(many, (list, tuple, set, frozenset)):
        return str(value) in {str(each) for each in many}
    return str(value) == str(many if many is not None else "")


@register.simple_tag(takes_context=True)
def sort_address(context: Context, name: str, current: str = "") -> str:
    """The page's own address, ordered by a column: once up, twice down; on its first page."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return f"?sort={name}"
    query["sort"] = f"-{name}" if current == name else name
    for page in ("page", "cursor"):
        query.pop(page, None)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_with(context: Context, name: str, value: Any) -> str:
    """The page's own address with one parameter set, the others kept; empty value takes it out."""
    request = context.get("request")
    if request is None:
        return f"?{name}={conditional_escape(value)}"
    query = request.GET.copy()
    if value in {"", None}:
        query.pop(name, None)
    else:
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, to loop over."""
    return text.split()


@register.filter
def tone_of(notice: Any) -> str:
    """The tone of a message of django.contrib.messages."""
    return {"success": "good", "warning": "warn", "error": "bad"}.get(
        getattr(notice, "level_tag", ""), "info"
    )


@register.filter
def control_kind(field: BoundField) -> str:
    """How a bound field is laid out: input, select, checkbox, group, several or hidden."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, MultiWidget):
        return "several"
    is_list = isinstance(widget, Select) and not widget.allow_multiple_selected
    return "select" if is_list else "input"


@register.filter
def with_class(field: BoundField, name: str) -> SafeString:
    """A bound field's control in the look of ours, tied to its hint and errors."""
    attrs: dict[str, str | bool] = {
        "class": f"{name} {field.field.widget.attrs.get('class', '')}".strip()
    }
    ids = [f"{field.auto_id}-error"] if field.errors else []
    if field.help_text:
        ids.append(f"{field.auto_id}-hint")
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    return field.as_widget(attrs=attrs)


@register.filter
def has(many: Any, one: Any) -> bool:
    """Whether one is among many, for names with dots in them."""
    return one in (many or ())


@register.simple_tag(takes_context=True)
def first_page(context: Context) -> str:
    """Where the surface of the address begins: `/w/` of `/w/orders/`, `/m/acme/` of a mall.

    The root where there is no such surface, so that nobody is led in a circle.
    """
    request = context.get("request")
    parts = [part for part in request.path.split("/") if part] if request else []
    if parts[:1] == ["m"] and hasattr(request, "shop"):
        return f"/m/{parts[1]}/"
    return f"/{parts[0]}/" if parts[:1] and parts[0] in _SURFACES else "/"


@register.simple_tag(takes_context=True)
def came_from(context: Context) -> str:
    """The page of ours that sent this request; empty where nobody says so."""
    request = context.get("request")
    if request is None:
        return ""
    sender = urlsplit(request.META.get("HTTP_REFERER", ""))
    if sender.netloc != request.get_host():
        return ""
    return f"{sender.path}?{sender.query}" if sender.query else sender.path
