"""The group itself: organisations, people with roles, distributors with uplines, buyers."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from yipan.customers.members.actions import MemberRef, members_for
from yipan.demo import words
from yipan.demo.plan import Plan
from yipan.demo.words import INDUSTRIES, Industry
from yipan.distribution.distributors.actions import Registration, register_distributors
from yipan.distribution.distributors.models import Distributor, DistributorKind
from yipan.group.organisations.actions import create_organisation
from yipan.group.organisations.models import Level, Organisation
from yipan.group.people.actions import create_person
from yipan.group.people.models import Person, Role
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM, Actor, ActorKind

SCHEME: Final = "crm"
"""Under which scheme the till knows buyers."""
_AT_ONCE: Final = 2_000
_EMPLOYEES: Final = 4
"""Of each company, who share besides their work."""


@dataclass(slots=True)
class Store:
    """A store, who sells in it, and what it sells."""

    organisation: Organisation
    industry: Industry
    size: int
    """How much it sells, beside the others."""
    sellers: list[Distributor] = field(default_factory=list)
    """Its distributors, manager first."""
    buyers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Company:
    """A legal company with its stores."""

    organisation: Organisation
    industry: Industry
    stores: list[Store] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who may look at the demo as whom."""

    username: str
    name: str
    role: str
    organisation: str


@dataclass(slots=True)
class Group:
    """All of it."""

    headquarters: Organisation
    industries: dict[str, Organisation]
    companies: list[Company]
    sign_ins: list[SignIn]
    staff: dict[str, Actor]
    """Who acts in the console, by role."""
    accounts: dict[tuple[int, str], Person]
    """Sign-ins that become distributors, by organisation and role."""

    @property
    def stores(self) -> list[Store]:
        return [store for company in self.companies for store in company.stores]


def found(plan: Plan, headquarters: Organisation) -> Group:
    """Build the tree under the headquarters and fill it with people."""
    industries = {
        industry.code: create_organisation(
            parent=headquarters,
            level=Level.INDUSTRY_GROUP,
            code=industry.code,
            name=industry.name,
            by=SYSTEM,
        )
        for industry in INDUSTRIES
    }
    group = Group(headquarters, industries, [], [], {}, {})
    _companies(plan, group)
    _stores(plan, group)
    _staff(plan, group)
    _sellers(plan, group)
    return group


def _companies(plan: Plan, group: Group) -> None:
    dice = plan.chance("companies")
    cities = dice.sample(words.CITIES, len(words.CITIES))
    for industry in INDUSTRIES:
        for number, name in enumerate(industry.companies, start=1):
            organisation = create_organisation(
                parent=group.industries[industry.code],
                level=Level.COMPANY,
                code=f"{industry.code}{number}",
                name=name,
                city=cities[len(group.companies) % len(cities)],
                by=SYSTEM,
            )
            group.companies.append(Company(organisation, industry))


def _stores(plan: Plan, group: Group) -> None:
    dice = plan.chance("stores")
    seen: set[str] = set()
    for number in range(plan.stores):
        company = group.companies[number % len(group.companies)]
        city, name = _store_name(company.industry, dice, seen)
        organisation = create_organisation(
            parent=company.organisation,
            level=Level.STORE,
            code=f"{company.organisation.code}-{len(company.stores) + 1:03d}",
            name=name,
            city=city,
            address=f"{city}市{dice.choice(words.QUARTERS)}{dice.randint(1, 399)}号",
            by=SYSTEM,
        )
        company.stores.append(Store(organisation, company.industry, dice.randint(40, 160)))


def _store_name(industry: Industry, dice: random.Random, seen: set[str]) -> tuple[str, str]:
    city = dice.choice(words.CITIES)
    name = f"{industry.store_name}{city}{dice.choice(words.QUARTERS)}店"
    while name in seen:
        city = dice.choice(words.CITIES)
        name = f"{industry.store_name}{city}{dice.choice(words.QUARTERS)}{len(seen)}店"
    seen.add(name)
    return city, name


def person_name(dice: random.Random) -> str:
    """A made-up name."""
    return dice.choice(words.SURNAMES) + dice.choice(words.GIVEN)


def _staff(plan: Plan, group: Group) -> None:
    """The people whose sign-ins are told; their user name is what they are."""
    dice = plan.chance("staff")
    store = group.stores[0].organisation
    places = (
        ("admin", Role.ADMINISTRATOR, group.headquarters),
        ("ops", Role.OPERATIONS, group.headquarters),
        ("finance", Role.FINANCE, group.headquarters),
        ("approver", Role.APPROVER, group.headquarters),
        ("auditor", Role.AUDITOR, group.headquarters),
        ("manager", Role.STORE_MANAGER, store),
        ("guide", Role.GUIDE, store),
        ("employee", Role.EMPLOYEE, group.companies[0].organisation),
    )
    for username, role, organisation in places:
        person = create_person(
            username=username,
            name=person_name(dice),
            password=plan.password,
            organisation=organisation,
            role=role,
            by=SYSTEM,
        )
        group.staff[role] = Actor(ActorKind.PERSON, person.id, person.name)
        group.accounts[organisation.id, role] = person
        group.sign_ins.append(SignIn(username, person.name, role, organisation.name))


def _sellers(plan: Plan, group: Group) -> None:
    """Managers first: they stand above the guides of their store."""
    dice = plan.chance("sellers")
    managers = list(_managers(group, dice))
    _register(managers)
    _register(list(_guides(plan, group, dice)))
    register_distributors(list(_others(group, dice)), by=SYSTEM)


def _register(wanted: list[tuple[Store, Registration]]) -> None:
    made = register_distributors([registration for _, registration in wanted], by=SYSTEM)
    for (store, _), distributor in zip(wanted, made, strict=True):
        store.sellers.append(distributor)


def _person(
    group: Group, username: str, dice: random.Random, organisation: Organisation, role: Role
) -> Person:
    """An account without a password, unless there is one with a sign-in."""
    told = group.accounts.pop((organisation.id, role), None)
    return told or create_person(
        username=username, name=person_name(dice), organisation=organisation, role=role, by=SYSTEM
    )


def _managers(group: Group, dice: random.Random) -> Iterator[tuple[Store, Registration]]:
    for store in group.stores:
        place = store.organisation
        person = _person(group, f"{place.code}-m", dice, place, Role.STORE_MANAGER)
        yield (
            store,
            Registration(
                organisation=place,
                code=f"{place.code}M",
                name=person.name,
                kind=DistributorKind.EMPLOYEE,
                grade="店长",
                person=person,
            ),
        )


def _guides(plan: Plan, group: Group, dice: random.Random) -> Iterator[tuple[Store, Registration]]:
    for store in group.stores:
        place = store.organisation
        for number in range(1, plan.guides + 1):
            person = _person(group, f"{place.code}-g{number}", dice, place, Role.GUIDE)
            yield (
                store,
                Registration(
                    organisation=place,
                    code=f"{place.code}G{number}",
                    name=person.name,
                    kind=DistributorKind.GUIDE,
                    grade=dice.choice(("初级", "中级", "高级")),
                    person=person,
                    upline=store.sellers[0],
                ),
            )


def _others(group: Group, dice: random.Random) -> Iterator[Registration]:
    for company in group.companies:
        place = company.organisation
        for number in range(1, _EMPLOYEES + 1):
            person = _person(group, f"{place.code}-e{number}", dice, place, Role.EMPLOYEE)
            yield Registration(
                organisation=place,
                code=f"{place.code}E{number}",
                name=person.name,
                kind=DistributorKind.EMPLOYEE,
                person=person,
            )
        for kind, letter in ((DistributorKind.PARTNER, "P"), (DistributorKind.DEALER, "D")):
            yield Registration(
                organisation=place, code=f"{place.code}{letter}1", name=person_name(dice), kind=kind
            )


def know_buyers(plan: Plan, group: Group) -> Iterator[int]:
    """Write the buyers down, each in a store; how many so far."""
    dice = plan.chance("buyers")
    stores = group.stores
    weights = [store.size for store in stores]
    done = 0
    for numbers in _chunks(range(1, plan.members + 1), _AT_ONCE):
        homes = dice.choices(stores, weights, k=len(numbers))
        refs = [MemberRef(SCHEME, f"M{number:07d}", person_name(dice)) for number in numbers]
        members_for(refs=refs, organisation_ids=[s.organisation.id for s in homes], at=clock.now())
        for ref, store in zip(refs, homes, strict=True):
            store.buyers.append(ref.value)
        done += len(numbers)
        yield done


def _chunks(numbers: Iterable[int], size: int) -> Iterator[list[int]]:
    running = iter(numbers)
    while chunk := list(islice(running, size)):
        yield chunk
