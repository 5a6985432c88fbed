"""The commands that tell: arguments -> calls -> a report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cnnstat import __version__, api, bundled
from cnnstat.cli.options import columns_option, memory_options, output_options, spec_options, unit_of
from cnnstat.cli.output import say, show
from cnnstat.errors import Misfit, Problem, SpecError, plain, suggestion
from cnnstat.layers import LAYERS, manual
from cnnstat.report import build
from cnnstat.report.columns import SUMMARY
from cnnstat.report.schema import schema as spec_schema
from cnnstat.synonyms import meant

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis import Analysis


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cnnstat")
def cli() -> None:
    """Exact figures of convolutional networks from a YAML spec.

    SPEC is a path, - for standard input, or the name of a bundled architecture (see: cnnstat list).
    FILE#NAME is the variant NAME of a family.
    """


@cli.command()
@spec_options
@memory_options
@columns_option(SUMMARY)
@output_options
def summary(
    spec: str, columns: tuple[str, ...], depth: int | None, form: str, output: Path | None, **how: Any
) -> None:
    """Shapes, parameters, multiply-adds, connections and memory, layer by layer."""
    analysis = api.analyze(spec, **how)
    show(build.summary(analysis, columns, depth), form, output)
    _finish(analysis)


@cli.command()
@spec_options
@output_options
def flops(spec: str, depth: int | None, form: str, output: Path | None, **how: Any) -> None:
    """Multiply-adds and FLOPs per layer, block and type."""
    show(build.flops(api.analyze(spec, **how), depth), form, output)


@cli.command()
@spec_options
@click.option("--at", "layer", metavar="LAYER", help="With --unit: the layer whose unit is asked for.")
@click.option("--unit", metavar="Y,X", callback=unit_of, help="Print what this unit of the layer sees.")
@output_options
def rf(
    spec: str,
    layer: str | None,
    unit: tuple[int, ...] | None,
    depth: int | None,
    form: str,
    output: Path | None,
    **how: Any,
) -> None:
    """Receptive fields: size, stride and padding of every layer."""
    if (layer is None) != (unit is None):
        raise click.UsageError("--at LAYER and --unit Y,X go together")
    analysis = api.analyze(spec, **how)
    if layer is None or unit is None:
        show(build.receptive(analysis, depth), form, output)
        return
    try:
        report = build.unit(analysis, layer, unit)
    except Misfit as misfit:
        raise click.UsageError(plain(misfit.message)) from None
    show(report, form, output)


@cli.command("list")
@output_options
def list_(form: str, output: Path | None) -> None:
    """The bundled architectures."""
    analyses = ((name, api.analyze(bundled.locate(name) or name)) for name in bundled.names())
    show(build.listing(analyses), form, output)


@cli.command()
@click.argument("kind", metavar="[TYPE]", required=False)
def explain(kind: str | None) -> None:
    """The manual page of a layer TYPE; without TYPE, all types in a line each."""
    if kind is None:
        lines = [f"{name:22}{manual.first_line(layer)}" for name, layer in LAYERS.items()]
        say("\n".join(lines) + "\n")
        return
    if kind not in LAYERS:
        hint = suggestion(meant(kind), LAYERS) or "; 'cnnstat explain' lists them"
        raise click.UsageError(f"unknown layer type '{plain(kind)}'{hint}")
    say(manual.page(kind, LAYERS[kind]))


@cli.command()
def schema() -> None:
    """The JSON Schema of the spec language, for editors and CI."""
    say(json.dumps(spec_schema(), indent=2) + "\n")


def _finish(analysis: Analysis) -> None:
    if analysis.missed:
        problems = [Problem("expect/missed", missed.message, missed.span) for missed in analysis.missed]
        raise SpecError(problems)
