"""Who somebody is to WeChat: OAuth 2 of an official account, where one is configured.

https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yipan.kernel.crypto import derived_key
from yipan.kernel.errors import DomainError

_TIMEOUT_SECONDS: Final = 8
_NONCE: Final = 16
_STATE: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_OPENID: Final = re.compile(r"[A-Za-z0-9_-]{6,100}", re.ASCII)
_BROWSER: Final = "MicroMessenger"


class WeChatFailed(DomainError):
    """WeChat did not say who it is; signing in by phone works all the same."""

    code = "kernel.wechat_failed"
    status = HTTPStatus.BAD_GATEWAY
    message = _("WeChat did not answer as it should. Try again, or sign in by phone.")


def is_configured() -> bool:
    """Whether there is an official account to sign in with."""
    return bool(settings.YIPAN_WECHAT_APP_ID and settings.YIPAN_WECHAT_APP_SECRET)


def is_browser(user_agent: str) -> bool:
    """Whether it is WeChat's own browser: no other can ask."""
    return _BROWSER in user_agent


def new_state() -> str:
    """A signed one-time mark that comes back with the answer: 64 characters of 0-9 a-f."""
    nonce = secrets.token_hex(_NONCE)
    return nonce + _signature(nonce)


def is_own_state(state: str) -> bool:
    """Whether a mark was made by `new_state`. The caller compares it with the browser's."""
    if not _STATE.fullmatch(state):
        return False
    nonce, signature = state[: 2 * _NONCE], state[2 * _NONCE :]
    return hmac.compare_digest(_signature(nonce), signature)


def authorise_url(*, state: str, return_to: str) -> str:
    """Where to send the browser so that it comes back to `return_to` with `code` and `state`."""
    query = urlencode(
        {
            "appid": settings.YIPAN_WECHAT_APP_ID,
            "redirect_uri": return_to,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    base = settings.YIPAN_WECHAT_OPEN_URL.rstrip("/")
    return f"{base}/connect/oauth2/authorize?{query}#wechat_redirect"


def openid_of(code: str) -> str:
    """The name of the WeChat account that a code stands for, once. Raises WeChatFailed."""
    query = {
        "appid": settings.YIPAN_WECHAT_APP_ID,
        "secret": settings.YIPAN_WECHAT_APP_SECRET,
        "code": code,
        "grant_type": "authorization_code",
    }
    base = settings.YIPAN_WECHAT_API_URL.rstrip("/")
    try:
        answer = httpx.get(
            f"{base}/sns/oauth2/access_token", params=query, timeout=_TIMEOUT_SECONDS
        )
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise WeChatFailed from error
    openid = said.get("openid") if isinstance(said, dict) else None
    if not answer.is_success or not isinstance(openid, str) or not _OPENID.fullmatch(openid):
        raise WeChatFailed
    return openid


def _signature(nonce: str) -> str:
    key = derived_key("wechat-state")
    return hmac.new(key, nonce.encode(), hashlib.sha256).hexdigest()[: 2 * _NONCE]
