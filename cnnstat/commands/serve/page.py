"""The page itself: what is built of it, under a policy that runs this and nothing else."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from cnnstat.page.html import element, policy, whole

if TYPE_CHECKING:
    from starlette.responses import Response

    from cnnstat.page.assets import Assets


def page(assets: Assets) -> Response:
    """Return the page, whose policy names it by a word that is another each time."""
    word = token_urlsafe(18)
    nonce = f' nonce="{word}"'
    head = ('<link rel="icon" href="data:,">', element("style", assets.style, nonce))
    body = (
        "<noscript><p>This page needs JavaScript, which it brings along.</p></noscript>",
        element("script", assets.script, f'{nonce} id="program"'),
    )
    own = ("connect-src 'self'", "frame-ancestors 'none'")
    said = policy(f"'nonce-{word}'", f"'nonce-{word}'", *own)
    return HTMLResponse(whole("cnnstat", head, body), headers={"content-security-policy": said})
