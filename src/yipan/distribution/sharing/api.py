"""Share links over the open API."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from yipan.distribution.sharing import actions, posters, qr, queries, schemas
from yipan.kernel import clock
from yipan.kernel.caller import ApiCaller, caller_of
from yipan.kernel.pagination import PageOf, PageQuery, paginate

router = Router(tags=["sharing"])

_READ: Final = "sharing.read"
_WRITE: Final = "sharing.write"
_ONE: Final = "/links/{int:link_id}"


def _picture(kind: str, what: str = "The code") -> dict[str, Any]:
    """How the document describes an answer that is a picture."""
    schema = {"type": "string", "format": "binary"}
    return {"responses": {200: {"description": what, "content": {kind: {"schema": schema}}}}}


@router.post("/links", response=schemas.MadeLinkOut, summary="Make a share link")
def share(request: HttpRequest, body: schemas.LinkIn) -> schemas.MadeLinkOut:
    """The same wish gives the same link, unless that was revoked."""
    caller = caller_of(request, _WRITE)
    made = actions.share(wish=body.wish(), within=caller.organisation_path)
    return schemas.MadeLinkOut.of(made)


@router.post("/links/batch", response=schemas.MadeLinksOut, summary="Make many share links")
def make_links(request: HttpRequest, body: schemas.LinksIn) -> schemas.MadeLinksOut:
    """Up to 1,000, all or none."""
    caller = caller_of(request, _WRITE)
    wishes = [link.wish() for link in body.links]
    made = actions.make_links(wishes=wishes, within=caller.organisation_path)
    return schemas.MadeLinksOut(links=[schemas.MadeLinkOut.of(each) for each in made])


@router.post("/links/opening", response=schemas.OpenedOut, summary="A link was opened")
def open_link(request: HttpRequest, body: schemas.OpeningIn) -> schemas.OpenedOut:
    """Tells where a token leads and records the touch.

    For front ends of your own, such as a mini-program. Whatever opens nothing gets one answer.
    """
    caller = caller_of(request, _WRITE)
    link = actions.open_link(
        token=body.token,
        visitor=body.visitor,
        member_id=body.member_id,
        within=caller.organisation_path,
    )
    return schemas.OpenedOut.of(link)


@router.get("/links", response=PageOf[schemas.LinkOut], summary="List share links")
def links(
    request: HttpRequest, page: Query[PageQuery], filters: Query[schemas.LinkFilters]
) -> object:
    """Links of distributors of the caller's subtree, the newest first."""
    caller = caller_of(request, _READ)
    wanted = filters.model_dump(exclude={"live"})
    live_at = clock.now() if filters.live else None
    found = queries.links_in([caller.organisation_path], live_at=live_at, **wanted)
    rows = paginate(found, cursor=page.cursor, limit=page.limit, order=("-id",))
    tokens = dict(zip(rows.items, queries.tokens_of(row.id for row in rows.items), strict=True))
    return rows.map(lambda row: schemas.LinkOut.of_row(row, tokens[row]))


@router.get(_ONE, response=schemas.LinkOut, summary="Read a share link")
def read(request: HttpRequest, link_id: int) -> schemas.LinkOut:
    """One link with all it names."""
    return _shown(caller_of(request, _READ), link_id)


@router.post(f"{_ONE}/revocation", response=schemas.LinkOut, summary="Revoke a share link")
def revoke(request: HttpRequest, link_id: int, body: schemas.RevocationIn) -> schemas.LinkOut:
    """The link is dead for good; the same wish makes a new one."""
    caller = caller_of(request, _WRITE)
    actions.revoke_links(
        link_ids=[link_id],
        reason=body.reason,
        by=caller.actor,
        within=caller.organisation_path,
    )
    return _shown(caller, link_id)


@router.get(f"{_ONE}/qr.svg", summary="QR code as SVG", openapi_extra=_picture("image/svg+xml"))
def qr_svg(request: HttpRequest, link_id: int) -> HttpResponse:
    """The short address as a QR code that scales to any size."""
    link = _shown(caller_of(request, _READ), link_id)
    return HttpResponse(qr.svg(link.url), content_type="image/svg+xml")


@router.get(f"{_ONE}/qr.png", summary="QR code as PNG", openapi_extra=_picture("image/png"))
def qr_png(request: HttpRequest, link_id: int, wanted: Query[schemas.QrQuery]) -> HttpResponse:
    """The short address as a QR code."""
    link = _shown(caller_of(request, _READ), link_id)
    return HttpResponse(qr.png(link.url, size=wanted.size), content_type="image/png")


@router.get(
    f"{_ONE}/poster.png", summary="Poster as PNG", openapi_extra=_picture("image/png", "The poster")
)
def poster_png(
    request: HttpRequest, link_id: int, wanted: Query[schemas.PosterQuery]
) -> HttpResponse:
    """A picture to be sent on: goods, price, who recommends them, and the link as a QR code.

    1080 pixels wide. The ETag says what is drawn, so that the same one is not sent again.
    """
    link = queries.link_in(link_id, [caller_of(request, _READ).organisation_path])
    made = posters.poster(link_id=link.id, template=wanted.template, language=wanted.language)
    return posters.sent(request, made)


def _shown(caller: ApiCaller, link_id: int) -> schemas.LinkOut:
    link = queries.link_in(link_id, [caller.organisation_path])
    (token,) = queries.tokens_of([link_id])
    return schemas.LinkOut.of_row(link, token)
