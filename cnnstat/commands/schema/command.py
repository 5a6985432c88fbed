"""`cnnstat schema`: the JSON Schema of the spec language."""

from __future__ import annotations

import json

import click

from cnnstat.cli.output import say
from cnnstat.commands.schema.spec_schema import schema as spec_schema


@click.command()
def schema() -> None:
    """The JSON Schema of the spec language, for editors and CI."""
    say(json.dumps(spec_schema(), indent=2) + "\n")
