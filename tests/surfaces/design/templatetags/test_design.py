"""What the components are written with."""

from __future__ import annotations

from django import forms
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler  # type: ignore[import-untyped]

from yipan.surfaces.design.templatetags import design


def drawn(source: str, **context: object) -> str:
    """A piece of a template, as a page would show it."""
    compiled = CottonCompiler().process(source)
    request = RequestFactory().get("/x/", {"q": "a", "page": "3"})
    return engines["django"].from_string(compiled).render(context, request)


def test_attributes_of_others_are_passed_on_and_escaped() -> None:
    text = drawn('<c-button data-name="{{ name }}" :data-raw="name">x</c-button>', name='"><b>')
    assert "<b>" not in text
    assert text.count("&quot;&gt;&lt;b&gt;") == 2


def test_json_in_an_attribute_stays_json() -> None:
    text = drawn("""<c-button hx-vals='{"id": "{{ id }}"}'>x</c-button>""", id=7)
    assert 'hx-vals="{&quot;id&quot;: &quot;7&quot;}"' in text


def test_a_false_attribute_is_left_out() -> None:
    text = drawn('<c-input name="a" :autofocus="no" :spellcheck="none" />', no=False, none=None)
    assert "autofocus" not in text
    assert "spellcheck" not in text


def test_a_component_does_not_see_the_page_around_it() -> None:
    assert "secret" not in drawn("<c-card>x</c-card>", title="secret", subtitle="secret")


def test_money_is_written_as_people_read_it() -> None:
    assert "¥1,234.50" in drawn('<c-money :fen="fen" />', fen=123_450)
    assert "data-negative" in drawn('<c-money :fen="fen" />', fen=-5)
    assert "+¥0.05" in drawn('<c-money :fen="fen" sign />', fen=5)
    assert design.yuan(None) == "–"
    assert design.yuan_parts(129_00) == ("¥129", ".00")


def test_addresses_keep_what_else_was_asked_for() -> None:
    assert "?q=a&amp;sort=-name" in drawn('<c-th sort="name" current="name">x</c-th>')
    assert "?q=a&amp;sort=name" in drawn('<c-th sort="name" current="-name">x</c-th>')
    assert drawn("{% query_with 'page' 4 %}").endswith("page=4")
    assert "page" not in drawn("{% query_with 'page' '' %}")


def test_an_avatar_shows_one_sign() -> None:
    assert [design.initial(name) for name in ("王芳", "anna lee", " ", "")] == ["芳", "A", "", ""]


def test_shares_stay_between_nothing_and_all() -> None:
    pairs = ((3, 10), (12, 10), (-1, 10), (1, 0))
    assert [design.share(value, whole) for value, whole in pairs] == [30, 100, 0, 0]


class Form(forms.Form):
    phone = forms.CharField(label="手机号", help_text="用于登录")
    kind = forms.ChoiceField(label="类型", choices=[("a", "A")])
    ways = forms.ChoiceField(label="方式", choices=[("a", "A")], widget=forms.RadioSelect)
    agrees = forms.BooleanField(label="同意", required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_is_drawn_by_its_kind_with_its_errors() -> None:
    form = Form({"kind": "a"})
    kinds = [design.control_kind(form[name]) for name in form.fields]
    assert kinds == ["input", "select", "group", "checkbox", "hidden"]
    text = drawn('<c-form-field :field="form.phone" />', form=form)
    assert 'aria-describedby="id_phone-error id_phone-hint"' in text
    assert 'for="id_phone"' in text
    assert "has-error" in text
