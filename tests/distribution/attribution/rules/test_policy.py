"""What an attribution policy may say."""

import json

import pytest
from django.utils import translation
from hypothesis import given

from tests.distribution.attribution.rules.facts import policies
from yipan.distribution.attribution.rules import (
    AttributionPolicy,
    BindOn,
    LinkModel,
    PolicyRefused,
    Scope,
    Source,
)


def test_the_defaults_are_those_of_the_page() -> None:
    policy = AttributionPolicy.from_data({})

    assert policy == AttributionPolicy(
        window_days=15,
        order=(Source.CODE, Source.COUPON, Source.LINK, Source.BINDING),
        link_model=LinkModel.LAST,
        scope=Scope.ORDER,
        bind_on=BindOn.FIRST_PURCHASE,
        binding_days=365,
        protection_days=30,
        self_purchase=False,
    )
    assert policy.validate() == ()


@given(policy=policies)
def test_a_policy_survives_being_data(policy: AttributionPolicy) -> None:
    read = AttributionPolicy.from_data(json.loads(json.dumps(policy.to_data())))

    assert read == policy
    assert policy.validate() == ()


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        ({"window_days": 0}, {("window_days", "out_of_range")}),
        ({"window_days": 91}, {("window_days", "out_of_range")}),
        ({"window_days": "15"}, {("window_days", "not_a_whole_number")}),
        ({"window_days": 15.0}, {("window_days", "not_a_whole_number")}),
        ({"window_days": True}, {("window_days", "not_a_whole_number")}),
        ({"window_days": None}, {("window_days", "not_a_whole_number")}),
        ({"order": []}, {("order", "empty")}),
        ({"order": "code"}, {("order", "not_a_list")}),
        ({"order": ["code", "code"]}, {("order.1", "repeated")}),
        ({"order": ["code", "phone"]}, {("order.1", "unknown_value")}),
        (
            {"order": ["code", 3, ["link"]]},
            {("order.1", "unknown_value"), ("order.2", "unknown_value")},
        ),
        ({"link_model": "linear"}, {("link_model", "unknown_value")}),
        ({"scope": "line"}, {("scope", "unknown_value")}),
        ({"bind_on": "always"}, {("bind_on", "unknown_value")}),
        ({"bind_on": None}, {("bind_on", "unknown_value")}),
        ({"binding_days": -1}, {("binding_days", "out_of_range")}),
        ({"binding_days": 36_501}, {("binding_days", "out_of_range")}),
        ({"protection_days": -1}, {("protection_days", "out_of_range")}),
        ({"self_purchase": "maybe"}, {("self_purchase", "unknown_value")}),
        ({"self_purchase": False}, {("self_purchase", "unknown_value")}),
        ({"window": 3}, {("window", "unknown_field")}),
        (
            {"window_days": 0, "scope": "", "extra": 1},
            {
                ("window_days", "out_of_range"),
                ("scope", "unknown_value"),
                ("extra", "unknown_field"),
            },
        ),
    ],
)
def test_each_problem_of_a_policy_names_its_field(
    data: dict[str, object], problems: set[tuple[str, str]]
) -> None:
    with pytest.raises(PolicyRefused) as refused:
        AttributionPolicy.from_data(data)

    assert {(each.field, each.code) for each in refused.value.problems} == problems
    for each in refused.value.problems:
        assert each.field in str(refused.value)
        assert each.sentence("zh-hans") != each.sentence("en")


@pytest.mark.parametrize(
    "data",
    [
        {"window_days": 1},
        {"window_days": 90},
        {"order": ["binding"]},
        {"order": ["binding", "link", "coupon", "code"]},
        {"binding_days": 0},
        {"binding_days": 36_500, "protection_days": 36_500},
        {"protection_days": 0},
        {"self_purchase": "yes"},
    ],
)
def test_every_setting_may_go_to_its_limit(data: dict[str, object]) -> None:
    policy = AttributionPolicy.from_data(data)

    assert {name: policy.to_data()[name] for name in data} == data


def test_a_policy_made_in_code_is_checked_by_the_same_rules() -> None:
    problems = AttributionPolicy(window_days=0, order=(Source.LINK, Source.LINK)).validate()

    assert [(each.field, each.code) for each in problems] == [
        ("window_days", "out_of_range"),
        ("order.1", "repeated"),
    ]
    assert problems[0].sentence() == "must be from 1 to 90"
    assert problems[0].sentence("zh-hans") == "必须在 1 到 90 之间"


def test_a_refusal_is_a_sentence_in_the_readers_language() -> None:
    with pytest.raises(PolicyRefused) as refused:
        AttributionPolicy.from_data({"extra": 1})
    with translation.override("en"):
        assert str(refused.value).startswith("The attribution policy is refused: ")
    with translation.override("zh-hans"):
        assert str(refused.value) == "归属策略不能保存:extra 不是归属策略的设置项。"
