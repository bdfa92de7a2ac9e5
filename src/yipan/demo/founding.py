"""The group itself: organisations, people with roles, distributors with uplines, buyers."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from yipan.customers.members.actions import MemberRef, members_for
from yipan.demo.drawn.book import PORTRAITS, PictureBook
from yipan.demo.people import (
    OTHERS,
    PARTNER,
    TOLD,
    Name,
    Numbers,
    SignIn,
    person_name,
    told_person,
)
from yipan.demo.places import PLACES, Place
from yipan.demo.plan import Plan
from yipan.demo.words import INDUSTRIES, Industry
from yipan.distribution.distributors.actions import (
    Registration,
    register_distributors,
    set_portraits,
)
from yipan.distribution.distributors.models import Distributor, DistributorKind
from yipan.group.organisations.actions import create_organisation
from yipan.group.organisations.models import Level, Organisation
from yipan.group.people.actions import create_person
from yipan.group.people.models import Person, Role
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM, Actor

SCHEME: Final = "crm"
"""Under which scheme the till knows buyers."""
_AT_ONCE: Final = 2_000
_EMPLOYEES: Final = 4
"""Of each company, who share besides their work."""
_LARGEST: Final = 200
"""The size of the first store, where the tour begins; the others have 40 to 160."""


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
    sellers: list[Distributor] = field(default_factory=list)
    """Its employees, partners and dealers."""


@dataclass(slots=True)
class Group:
    """All of it."""

    headquarters: Organisation
    industries: dict[str, Organisation]
    companies: list[Company]
    sign_ins: list[SignIn]
    staff: dict[str, Actor]
    """Who acts in the console, by role."""
    told: dict[tuple[int, str], tuple[Person, Name]]
    """Sign-ins that become distributors, by organisation and role."""
    numbers: Numbers
    """Telephone numbers of those who are not told of."""
    taken: set[int] = field(default_factory=set)
    """Ids of people with a sign-in who are distributors by now."""
    women: set[str] = field(default_factory=set)
    """Codes of distributors."""

    @property
    def stores(self) -> list[Store]:
        return [store for company in self.companies for store in company.stores]

    @property
    def sellers(self) -> list[Distributor]:
        """All distributors."""
        of_stores = [seller for store in self.stores for seller in store.sellers]
        return of_stores + [seller for company in self.companies for seller in company.sellers]

    def told_sellers(self) -> dict[str, Distributor]:
        """Those with a sign-in, by user name."""
        by_person = {seller.person_id: seller for seller in self.sellers}
        return {
            person.username: by_person[person.id]
            for person, _ in self.told.values()
            if person.id in by_person
        }


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
    group = Group(headquarters, industries, [], [], {}, {}, Numbers(OTHERS, OTHERS + 6_000))
    _companies(plan, group)
    _stores(plan, group)
    _staff(plan, group)
    _sellers(plan, group)
    return group


def _companies(plan: Plan, group: Group) -> None:
    dice = plan.chance("companies")
    cities = list(dict.fromkeys(place.city for place in PLACES))
    dice.shuffle(cities)
    for industry in INDUSTRIES:
        for number, name in enumerate(industry.companies, start=1):
            city = cities[len(group.companies) % len(cities)]
            organisation = create_organisation(
                parent=group.industries[industry.code],
                level=Level.COMPANY,
                code=f"{industry.code}{number}",
                name=f"{city}{name}",
                city=city,
                by=SYSTEM,
            )
            group.companies.append(Company(organisation, industry))


def _stores(plan: Plan, group: Group) -> None:
    """One after the other, so that the stores of a company are all over the country."""
    dice = plan.chance("stores")
    places = dice.sample(PLACES, len(PLACES))
    for number in range(plan.stores):
        company = group.companies[number % len(group.companies)]
        place, again = places[number % len(places)], number // len(places)
        organisation = create_organisation(
            parent=company.organisation,
            level=Level.STORE,
            code=f"{company.organisation.code}-{len(company.stores) + 1:03d}",
            name=_store_name(company.industry, place, again),
            city=place.city,
            address=place.address,
            by=SYSTEM,
        )
        size = _LARGEST if number == 0 else dice.randint(40, 160)
        company.stores.append(Store(organisation, company.industry, size))


def _store_name(industry: Industry, place: Place, again: int) -> str:
    """Such as 锦程杭州湖滨银泰店; where a place gets more than one store they are numbered."""
    ordinal = f"{again + 1}" if again else ""
    return f"{industry.store_name}{place.city}{place.name}{ordinal}店"


def _staff(plan: Plan, group: Group) -> None:
    """The people whose sign-ins are told; their user name is what they are."""
    dice = plan.chance("staff")
    numbers = Numbers(TOLD, OTHERS)
    company = group.companies[0].organisation
    store = group.stores[0].organisation
    places: Sequence[tuple[str, Role | None, Organisation]] = (
        ("admin", Role.ADMINISTRATOR, group.headquarters),
        ("ops", Role.OPERATIONS, group.headquarters),
        ("finance", Role.FINANCE, group.headquarters),
        ("approver", Role.APPROVER, group.headquarters),
        ("auditor", Role.AUDITOR, group.headquarters),
        ("group", Role.OPERATIONS, group.industries[group.companies[0].industry.code]),
        ("company", Role.STORE_MANAGER, company),
        ("manager", Role.STORE_MANAGER, store),
        ("guide", Role.GUIDE, store),
        ("employee", Role.EMPLOYEE, company),
        (PARTNER, None, company),
    )
    for username, role, organisation in places:
        name, phone = person_name(dice), numbers.take()
        place = organisation if role else None
        person = told_person(plan, username, name, phone=phone, place=place, role=role)
        shown = role.value if role else PARTNER
        if organisation.id == group.headquarters.id:
            group.staff[shown] = person.actor
        group.told[organisation.id, shown] = person, name
        group.sign_ins.append(SignIn(username, name.text, shown, organisation.name, phone))


def _sellers(plan: Plan, group: Group) -> None:
    """Managers first: they stand above the guides of their store."""
    dice = plan.chance("sellers")
    _register([(store.sellers, one) for store, one in _managers(group, dice)])
    _register([(store.sellers, one) for store, one in _guides(plan, group, dice)])
    _register([(company.sellers, one) for company, one in _others(group, dice)])


def _register(wanted: list[tuple[list[Distributor], Registration]]) -> None:
    made = register_distributors([registration for _, registration in wanted], by=SYSTEM)
    for (sellers, _), distributor in zip(wanted, made, strict=True):
        sellers.append(distributor)


def _seller(
    group: Group,
    dice: random.Random,
    code: str,
    place: Organisation,
    role: str,
    *,
    kind: DistributorKind,
    grade: str = "",
    upline: Distributor | None = None,
) -> Registration:
    """A distributor with an account: the one with a sign-in, or one without a password."""
    told = group.told.get((place.id, role))
    if told is not None and told[0].id not in group.taken:
        person, name = told
        group.taken.add(person.id)
    else:
        name = person_name(dice)
        person = create_person(
            username=code.lower(),
            name=name.text,
            phone=group.numbers.take(),
            organisation=place if role in Role.values else None,
            role=role if role in Role.values else "",
            by=SYSTEM,
        )
    if name.woman:
        group.women.add(code)
    return Registration(
        organisation=place,
        code=code,
        name=name.text,
        kind=kind,
        grade=grade,
        person=person,
        upline=upline,
    )


def _managers(group: Group, dice: random.Random) -> Iterator[tuple[Store, Registration]]:
    for store in group.stores:
        place = store.organisation
        yield (
            store,
            _seller(
                group, dice, f"{place.code}M", place, Role.STORE_MANAGER,
                kind=DistributorKind.EMPLOYEE, grade="店长",
            ),
        )  # fmt: skip


def _guides(plan: Plan, group: Group, dice: random.Random) -> Iterator[tuple[Store, Registration]]:
    for store in group.stores:
        place = store.organisation
        for number in range(1, plan.guides + 1):
            yield (
                store,
                _seller(
                    group, dice, f"{place.code}G{number}", place, Role.GUIDE,
                    kind=DistributorKind.GUIDE, grade=dice.choice(("初级", "中级", "高级")),
                    upline=store.sellers[0],
                ),
            )  # fmt: skip


def _others(group: Group, dice: random.Random) -> Iterator[tuple[Company, Registration]]:
    for company in group.companies:
        place = company.organisation
        for number in range(1, _EMPLOYEES + 1):
            yield (
                company,
                _seller(
                    group, dice, f"{place.code}E{number}", place, Role.EMPLOYEE,
                    kind=DistributorKind.EMPLOYEE,
                ),
            )  # fmt: skip
        for kind, letter in ((DistributorKind.PARTNER, "P"), (DistributorKind.DEALER, "D")):
            code = f"{place.code}{letter}1"
            yield company, _seller(group, dice, code, place, kind.value, kind=kind)


def portray(plan: Plan, group: Group, book: PictureBook) -> None:
    """Give the sellers faces; a few keep to their initial."""
    dice = plan.chance("portraits")
    set_portraits(
        {
            seller.id: book.face(dice.randrange(PORTRAITS), woman=seller.code in group.women)
            for seller in group.sellers
            if dice.randrange(10) or seller.code.endswith("G1")
        },
        by=SYSTEM,
    )


def know_buyers(plan: Plan, group: Group) -> Iterator[int]:
    """Write the buyers down, each in a store; how many so far."""
    dice = plan.chance("buyers")
    stores = group.stores
    weights = [store.size for store in stores]
    done = 0
    for numbers in _chunks(range(1, plan.members + 1), _AT_ONCE):
        homes = dice.choices(stores, weights, k=len(numbers))
        refs = [MemberRef(SCHEME, f"M{number:07d}", person_name(dice).text) for number in numbers]
        members_for(refs=refs, organisation_ids=[s.organisation.id for s in homes], at=clock.now())
        for ref, store in zip(refs, homes, strict=True):
            store.buyers.append(ref.value)
        done += len(numbers)
        yield done


def _chunks(numbers: Iterable[int], size: int) -> Iterator[list[int]]:
    running = iter(numbers)
    while chunk := list(islice(running, size)):
        yield chunk
