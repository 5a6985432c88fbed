"""The YAML language server that editors start, asked as they ask it: over pipes, in its protocol."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

MARK = "|"
"""Where the cursor stands in a text."""


class LanguageServer:
    """A server that checks every file by one schema."""

    def __init__(self, program: str, schema: Path) -> None:
        self._process = subprocess.Popen(
            [program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._asked = self._opened = 0
        self._settings = {
            **dict.fromkeys(("hover", "completion", "validate"), True),
            "schemas": {schema.as_uri(): "*.yaml"},
            "schemaStore": {"enable": False},
        }
        self._problems: dict[str, list[dict[str, Any]]] = {}
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {"completion": {"completionItem": {"documentationFormat": ["markdown"]}}},
        }
        self._ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": {}}})

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def hover(self, text: str) -> str:
        """Return what is shown where the mouse rests."""
        found = self._ask("textDocument/hover", self._at(text))
        return str(found["contents"]["value"]) if found else ""

    def completions(self, text: str) -> dict[str, str]:
        """Return the words that are offered, with what is said of each."""
        items = self._ask("textDocument/completion", self._at(text))["items"]
        return {item["label"]: _words(item.get("documentation", "")) for item in items}

    def problems(self, text: str) -> list[tuple[int, int, str]]:
        """Return what is marked as wrong: line and column from 1, and the message."""
        uri = self._open(text)
        while uri not in self._problems:
            self._receive()
        starts = [(each["range"]["start"], each["message"]) for each in self._problems[uri]]
        return [(start["line"] + 1, start["character"] + 1, message) for start, message in starts]

    def _at(self, text: str) -> dict[str, Any]:
        before, after = text.split(MARK)
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        uri = self._open(before + after)
        while uri not in self._problems:  # the schema has been read by then
            self._receive()
        return {"textDocument": {"uri": uri}, "position": position}

    def _open(self, text: str) -> str:
        self._opened += 1
        uri = f"file:///{self._opened}.yaml"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return uri

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._asked and "method" not in message:
                return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """Read a message; note problems, and answer what the server asks."""
        assert self._process.stdout
        length = 0
        while line := self._process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if not length:
            raise EOFError("the language server has ended")
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._problems[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            wanted = [each.get("section") for each in message["params"]["items"]]
            settings = [self._settings if section == "yaml" else {} for section in wanted]
            self._send({"id": message["id"], "result": settings})
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message


def _words(documentation: Any) -> str:
    return str(documentation["value"] if isinstance(documentation, dict) else documentation)
