"""Pictures go out in the sizes there are, and nothing else goes out."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from PIL import Image

from yipan.goods.catalogue.pictures import picture_url, save_picture


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    monkeypatch.setattr(settings, "YIPAN_MEDIA_ROOT", folder)
    return folder


@pytest.fixture
def picture(media: Path) -> str:
    buffer = BytesIO()
    Image.linear_gradient("L").resize((800, 600)).save(buffer, "PNG")
    return save_picture(buffer.getvalue(), folder="goods")


def content(response: HttpResponseBase) -> bytes:
    return response.getvalue()


def test_a_picture_may_be_kept_for_ever(client: Client, picture: str) -> None:
    response = client.get(f"/media/{picture}")
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Image.open(BytesIO(content(response))).size == (800, 600)
    assert client.post(f"/media/{picture}").status_code == 405


def test_it_is_scaled_once_and_never_upwards(client: Client, picture: str, media: Path) -> None:
    response = client.get(picture_url(picture, width=300))
    assert Image.open(BytesIO(content(response))).size == (320, 240)
    kept = list((media / ".kept" / "pictures").rglob("*.webp"))
    assert [path.parent.parent.name for path in kept] == ["320"]
    made_at = kept[0].stat().st_mtime_ns
    content(client.get(picture_url(picture, width=320)))
    assert kept[0].stat().st_mtime_ns == made_at
    for wide in (f"/media/{picture}?w=960", f"/media/{picture}?w=99999", f"/media/{picture}?w=x"):
        assert Image.open(BytesIO(content(client.get(wide)))).size == (800, 600)
    assert len(list((media / ".kept" / "pictures").rglob("*.webp"))) == 1


def test_sizes_nobody_offered_are_rounded_up(client: Client, picture: str, media: Path) -> None:
    for width in range(0, 700, 7):
        content(client.get(f"/media/{picture}?w={width}"))
    made = {path.parent.parent.name for path in (media / ".kept" / "pictures").rglob("*.webp")}
    assert made == {"96", "160", "320", "480", "640"}


@pytest.mark.parametrize(
    "address",
    [
        "/media/goods/missing.webp",
        "/media/../secret.png",
        "/media/goods/../../secret.png",
        "/media/goods/..%2F..%2Fsecret.png",
        "/media/%2e%2e/secret.png",
        "/media/..%5Csecret.png",
        "/media//secret.png",
        "/media/.kept/hidden.webp",
        "/media/goods/.hidden.webp",
        "/media/link/secret.png",
        "/media/demo.json",
        "/media/goods",
        "/media/goods/a%00.png",
        "/media/broken.png?w=96",
    ],
)
def test_what_is_no_picture_of_the_folder_is_a_drawing(
    client: Client, media: Path, address: str
) -> None:
    for hidden in ("../secret.png", "demo.json", ".kept/hidden.webp", "goods/.hidden.webp"):
        path = media / hidden
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"secret")
    (media / "broken.png").write_bytes(b"secret")
    (media / "link").symlink_to(media.parent)
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "no-store"
    assert b"secret" not in content(response)


def test_where_there_is_no_picture_there_is_one_drawing(client: Client) -> None:
    response = client.get(picture_url(""))
    assert response["Content-Type"] == "image/svg+xml"
    assert "max-age" in response["Cache-Control"]
