"""The page itself: what is built of it, under a policy that runs this and nothing else."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from cnnstat.commands.report.html import contained

if TYPE_CHECKING:
    from starlette.responses import Response

    from cnnstat.page.assets import Assets


def page(assets: Assets) -> Response:
    """Return the page, whose policy names it by a word that is another each time."""
    nonce = token_urlsafe(18)
    lines = (
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        "<title>cnnstat</title>",
        '<link rel="icon" href="data:,">',
        f'<style nonce="{nonce}">{contained(assets.style, "style")}</style>',
        "</head>",
        "<body>",
        '<div id="page"></div>',
        "<noscript><p>This page needs JavaScript, which it brings along.</p></noscript>",
        f'<script nonce="{nonce}" id="program">{contained(assets.script, "script")}</script>',
        "</body>",
        "</html>",
        "",
    )
    return HTMLResponse("\n".join(lines), headers={"content-security-policy": policy(nonce)})


def policy(nonce: str) -> str:
    """Return the policy of the page: its own script and styles, requests to its own server, and no more."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
