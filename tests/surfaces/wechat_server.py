"""WeChat as far as signing in needs it: a server of the test that speaks its protocol."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit


class WeChat(HTTPServer):
    """Gives out codes, each good once, and says whose they are."""

    app_id, secret = "wx-app", "wx-secret"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fails = False
        self.asked = 0
        self._codes: dict[str, str] = {}
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def way_back(self, address: str, *, openid: str) -> str:
        """Where a browser that was sent to `address` comes back to, once the user agreed."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["appid"] == self.app_id
        assert query["response_type"] == "code"
        assert query["state"].isalnum()
        assert len(query["state"]) <= 128
        code = f"code-{len(self._codes)}"
        self._codes[code] = openid
        back = urlsplit(query["redirect_uri"])
        more = urlencode({"code": code, "state": query["state"]})
        return f"{back.path}?{back.query}&{more}"

    def answer(self, query: dict[str, list[str]]) -> dict[str, object]:
        """What the API says to a code."""
        self.asked += 1
        openid = self._codes.pop(query["code"][0], "")
        is_ours = query["appid"] == [self.app_id] and query["secret"] == [self.secret]
        if self.fails or not openid or not is_ours:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {"access_token": "t", "expires_in": 7200, "openid": openid, "scope": "snsapi_base"}


class _Handler(BaseHTTPRequestHandler):
    server: WeChat

    def do_GET(self) -> None:
        assert urlsplit(self.path).path == "/sns/oauth2/access_token"
        body = json.dumps(self.server.answer(parse_qs(urlsplit(self.path).query))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""
