"""Who is answered: the page that this server gave out, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.commands.serve.guard import Guard, new_token
from tests.commands.serve.client import ORIGIN, PORT, SMALL, TOKEN

if TYPE_CHECKING:
    from tests.commands.serve.client import Page

PLACES = ("", "start", "file", "zoo", "live", "schema", "nothing")


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1"),
        *(f"127.0.0.1:{PORT}.evil.example", f"127.0.0.1:{PORT}@evil.example", f"127.0.0.2:{PORT}"),
        *(f"[::1]:{PORT}", f"0.0.0.0:{PORT}"),
    ],
)
@pytest.mark.parametrize("place", PLACES)
def test_another_host_is_refused(place: str, host: str, page: Page) -> None:
    assert page.get(place, host=host).status_code == 403
    assert page.post(place, {"text": SMALL}, host=host, origin=f"http://{host}").status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        *("null", "file://", "http://evil.example", f"http://localhost:{PORT}", f"https://127.0.0.1:{PORT}"),
        *("http://127.0.0.1", "http://127.0.0.1:1", f"http://127.0.0.1:{PORT}.evil.example"),
    ],
)
@pytest.mark.parametrize("place", PLACES)
def test_another_origin_is_refused(place: str, origin: str, page: Page) -> None:
    """Another port of this machine is another origin, too."""
    assert page.get(place, origin=origin).status_code == 403
    assert page.post(place, {"text": SMALL}, origin=origin).status_code == 403


@pytest.mark.parametrize(
    "token", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "..", f"..%2f{TOKEN}", "é"]
)
@pytest.mark.parametrize("place", PLACES)
def test_another_token_is_refused(token: str, place: str, page: Page) -> None:
    for path in (f"/{token}/{place}", f"/{place}?token={TOKEN}", f"//{TOKEN}/{place}"):
        assert page.client.get(path).status_code == 403
        answer = page.client.post(path, json={"text": SMALL}, headers={"origin": ORIGIN})
        assert answer.status_code == 403
        assert TOKEN not in answer.text


def test_what_writes_needs_an_origin(page: Page) -> None:
    assert page.client.post(f"/{TOKEN}/live", json={"text": SMALL}).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_browser_says_of_another_site_counts(site: str, page: Page) -> None:
    assert page.get("start", **{"sec-fetch-site": site}).status_code == 403
    assert page.post("live", {"text": SMALL}, sec_fetch_site=site).status_code == 403
    link = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert page.get("", **link).status_code == 200
    assert page.get("", **(link | {"sec-fetch-dest": "iframe"})).status_code == 403
    assert {page.get(place, **link).status_code for place in ("start", "file", "zoo")} == {403}


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "TRACE", "PATCH"])
def test_other_methods_are_refused_and_no_other_origin_is_let_in(method: str, page: Page) -> None:
    asked = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    answers = [
        page.client.request(method, f"/{TOKEN}/live", headers=each) for each in (asked, {"origin": ORIGIN})
    ]
    assert [each.status_code for each in answers] == [403, 405]
    assert not any(name.startswith("access-control") for each in answers for name in each.headers)


def test_this_machine_by_its_name(page: Page) -> None:
    """A browser finds the server by this name, too, and no other machine can have it."""
    host = f"localhost:{PORT}"
    assert page.get("start", host=host, origin=f"http://{host}").status_code == 200


@pytest.mark.parametrize("place", ["", "start", "live", "nothing", "../.."])
def test_headers_of_each_response(place: str, page: Page) -> None:
    for answer in (page.get(place), page.post(place, {"text": SMALL}), page.get(place, host="evil.example")):
        headers = answer.headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert "server" not in headers


def test_the_policy_of_the_page_is_another_each_time(page: Page) -> None:
    answers = [page.get("") for _ in range(2)]
    nonces = [each.headers["content-security-policy"].split("'nonce-")[1].split("'")[0] for each in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert f'<script nonce="{nonce}"' in answer.text
        assert answer.text.count("<script") == 1


def test_tokens_cannot_be_guessed() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43  # 256 bits


def test_the_guard_lets_no_web_socket_through() -> None:
    async def never(*_: object) -> None:
        raise AssertionError

    coroutine = Guard(never, TOKEN, PORT)({"type": "websocket", "path": f"/{TOKEN}/"}, never, never)  # type: ignore[arg-type]
    with pytest.raises(StopIteration):
        coroutine.send(None)
