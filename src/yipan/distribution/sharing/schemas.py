"""What sharing looks like over the API. Moments in ISO 8601 with a zone."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.config import JsonDict

from yipan.distribution.sharing.actions import LinkWish, MadeLink
from yipan.distribution.sharing.models import ShareLink
from yipan.distribution.sharing.qr import SIZES
from yipan.distribution.sharing.queries import StoredLink, address_of
from yipan.group.organisations.queries import tree

LINK_EXAMPLE: JsonDict = {
    "distributor": "G0001",
    "organisation": "store-001",
    "sku": "TEA-500G",
    "channel": "wechat",
    "campaign": "spring",
}


class In(Schema):
    """Input: fields that nobody knows are refused rather than dropped."""

    model_config = ConfigDict(extra="forbid")


class LinkIn(In):
    """A link somebody wants."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [LINK_EXAMPLE]})
    distributor: str = Field(max_length=40, description="Code of who shares.")
    organisation: str = Field(max_length=40, description="Code of whose shop it leads to.")
    sku: str = Field("", max_length=60, description="Code; empty: the shop as a whole.")
    channel: str = Field("", max_length=30, description="Where it is shared: `wechat`, `poster` …")
    campaign: str = Field("", max_length=60)
    expires_at: AwareDatetime | None = Field(
        None, description="First moment at which it is dead; null: never."
    )

    def wish(self) -> LinkWish:
        """As the action takes it."""
        return LinkWish(**self.model_dump())


class LinksIn(In):
    """Links somebody wants, all or none."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"links": [LINK_EXAMPLE]}]}
    )
    links: list[LinkIn] = Field(min_length=1, max_length=1000)


class MadeLinkOut(Schema):
    """A link and how to get there."""

    id: int
    token: str = Field(
        description="32 characters: the whole of a WeChat mini-program `scene`.",
        examples=["kq3Hh6r2mYcG0x1sVb7ZQeT9nLwP4uFa"],
    )
    url: str = Field(
        description="Short address.",
        examples=["https://shop.example.com/s/acme/kq3Hh6r2mYcG0x1sVb7ZQeT9nLwP4uFa"],
    )

    @classmethod
    def of(cls, made: MadeLink) -> MadeLinkOut:
        """From what the action answered."""
        return cls(id=made.id, token=made.token, url=made.url)


class MadeLinksOut(Schema):
    """The links, in the order of the wishes; the same wish has the same link."""

    links: list[MadeLinkOut]


class LinkOut(MadeLinkOut):
    """A link with all it names."""

    distributor: str = Field(description="Code of who shares.", examples=["G0001"])
    organisation: str = Field(description="Code of whose shop it leads to.")
    sku: str | None = Field(description="Code; null: the shop as a whole.")
    channel: str
    campaign: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of_row(cls, link: ShareLink, token: str) -> LinkOut:
        """From the row with its relations."""
        return cls(
            id=link.id,
            token=token,
            url=address_of(token),
            distributor=link.distributor.code,
            organisation=link.organisation.code,
            sku=link.sku.code if link.sku else None,
            channel=link.channel,
            campaign=link.campaign,
            created_at=link.created_at,
            expires_at=link.expires_at,
            revoked_at=link.revoked_at,
        )


class LinkFilters(Schema):
    """What to list; things are named by their codes."""

    distributor: str = ""
    sku: str = ""
    organisation: str = ""
    campaign: str = ""
    live: bool = Field(False, description="Leave out what is revoked or expired.")


class QrQuery(Schema):
    """How large a code is."""

    size: int = Field(600, ge=SIZES[0], le=SIZES[1], description="Pixels of a side at most.")


class PosterQuery(Schema):
    """Which poster."""

    template: str = Field("classic", max_length=40, description="`classic`, `bold` or `card`.")
    language: str = Field("zh-hans", max_length=10, description="`zh-hans` or `en`.")


class RevocationIn(In):
    """Why a link is revoked."""

    reason: str = Field(max_length=500, examples=["海报印错"])


class OpeningIn(In):
    """A link was opened in another front end, such as a mini-program."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"token": "kq3Hh6r2mYcG0x1sVb7ZQeT9nLwP4uFa", "visitor": "openid-8f14e45f"}
            ]
        },
    )
    token: str = Field(max_length=200, description="The `scene` or the end of the short address.")
    visitor: str = Field(
        min_length=1, max_length=64, description="The front end's own name of the device."
    )
    member_id: int | None = Field(None, description="The visitor as a member, if known.")


class OpenedOut(Schema):
    """Where the link leads."""

    link_id: int
    organisation: str = Field(description="Code of the shop.")
    sku: str | None = Field(description="Code; null: the shop as a whole.")
    channel: str
    campaign: str

    @classmethod
    def of(cls, link: StoredLink) -> OpenedOut:
        """From what the action answered."""
        return cls(
            link_id=link.id,
            organisation=tree().node(link.organisation_id).code,
            sku=link.goods.sku if link.goods else None,
            channel=link.channel,
            campaign=link.campaign,
        )
