"""The JSON that commands print of a random network, against the schemas of their documents."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

import cnnstat
from tests.fuzz.findings import Finding
from tests.program import within
from tests.report.json_pages import documents, schema

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

LINES = (
    "summary SPEC",
    "summary SPEC --depth 1",
    "rf SPEC",
    "rf SPEC --at LAYER --unit PLACE",
    "flops SPEC",
    "flops SPEC --training",
    "flops SPEC --conventions",
    "flops SPEC --convention fvcore --depth 1",
    "explain SPEC",
    "explain SPEC --quiz",
    "explain SPEC --quiz --answers",
    "sizes SPEC",
    "sweep SPEC --columns params,layers,over_budget",
    "diff SPEC SPEC",
    "diff SPEC lenet5",
    "run SPEC",
    "run SPEC --check-grad --top 2",
    "trace SPEC --at LAYER --unit UNIT --backward",
    "check SPEC --severity info",
    "check SPEC --against lenet5",
)
"""Command lines; a layer and the place of a unit are those of the network's last one."""


@cache
def validators(command: str) -> tuple[Validator, ...]:
    """Return those of the documents that a command prints, which have no other keys than their classes."""
    rules = [schema(kind) for kind in documents()[command]]
    for rule in rules:
        for kind in rule["$defs"].values():
            if "properties" in kind:
                kind["additionalProperties"] = False
    return tuple(jsonschema.Draft202012Validator(rule) for rule in rules)


def check_document(line: str, text: str) -> None:
    """Print the JSON of a network by a command line, and hold it against its schema.

    Raises:
        Finding: it is no JSON, or not what the class of its document says.
    """
    row = cnnstat.analyze(cnnstat.loads(text)).rows[-1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spec.yaml")
        path.write_text(text, encoding="utf-8")
        known = {
            "SPEC": str(path),
            "LAYER": row.name,
            "UNIT": ",".join("0" for _ in row.output_shape),
            "PLACE": ",".join("0" for _ in row.output_shape[1:] or row.output_shape),
        }
        ended = within(*(known.get(word, word) for word in line.split()), "--format", "json")
    if not ended.stdout:
        return  # such as of sizes of a vector: refused, which other fuzzers look at
    command = line.split(maxsplit=1)[0]
    try:
        found = json.loads(ended.stdout, parse_constant=_no_number)
    except ValueError as error:
        raise Finding(f"what {command} prints is no JSON", str(error)) from None
    errors = [best for each in validators(command) if (best := _worst(each, found))]
    if len(errors) == len(validators(command)):
        wrong = max(errors, key=lambda error: len(error.path))  # that of the nearest document
        raise Finding(
            f"the JSON of {command} is not what its class says", f"{wrong.json_path}: {wrong.message}"
        )


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _worst(validator: Validator, found: Any) -> jsonschema.ValidationError | None:
    worst: jsonschema.ValidationError | None = jsonschema.exceptions.best_match(validator.iter_errors(found))
    return worst
