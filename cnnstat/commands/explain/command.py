"""The command that explains: a network's arithmetic, a layer type, or a figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cnnstat.analysis.analyze import analyze
from cnnstat.analysis.outline import TOTAL, find, folded
from cnnstat.base.errors import ArgumentError, plain, suggestion
from cnnstat.base.figures import figure_named, words
from cnnstat.cli.options import depth_option, input_option, page_options, set_option, strict_option
from cnnstat.cli.output import put, show
from cnnstat.layers import LAYERS, manual
from cnnstat.layers.reader import option_names
from cnnstat.layers.synonyms import meant
from cnnstat.spec import bundled
from cnnstat.spec.reader import ENTRY_KEYS

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.report.model import Report


@click.command()
@click.argument("topic", metavar="[SPEC | TYPE | FIGURE]", required=False)
@click.argument("layers", metavar="[LAYER]...", nargs=-1)
@set_option
@input_option
@strict_option
@depth_option
@click.option("--quiz", "asks", is_flag=True, help="Print the layers with the figures left out.")
@click.option("--answers", is_flag=True, help="For --quiz: with the figures and their arithmetic.")
@page_options
def explain(topic: str | None, layers: tuple[str, ...], form: str, output: Path | None, **how: Any) -> None:
    """Where figures come from: formula, numbers, result.

    SPEC explains the whole network, or the LAYERs and blocks named ('total': the sums). A layer TYPE
    (conv) prints its manual, a FIGURE (macs) its definition; without any of them, both are listed.

    A word is a SPEC if it is a file, - or a bundled name; else a TYPE; else a FIGURE.
    """
    if topic is not None and _is_spec(topic, layers):
        show(_of_network(topic, layers, **how), form, output)
        return
    given = [f"--{name}" for name, value in _said(how) if value]
    if given:
        raise click.UsageError(f"{' and '.join(given)} need{'s' if len(given) == 1 else ''} a SPEC")
    _refer(topic, form, output)


def _said(how: dict[str, Any]) -> list[tuple[str, Any]]:
    names = {"params": "set", "input_shape": "input", "asks": "quiz"}
    return [(names.get(name, name), value) for name, value in how.items()]


def _is_spec(word: str, layers: tuple[str, ...]) -> bool:
    """Say whether a word means a network; with layers behind it, it can mean nothing else."""
    if word == "-" or any(sign in word for sign in "/\\#\0") or word.endswith((".yaml", ".yml")):
        return True
    if _is_network(word):
        return True
    if not layers:
        return False
    if what := _page(word):
        told = f"'{plain(word)}' is {what}, and has no layers: name it alone, or a SPEC and its LAYERs"
        raise click.UsageError(told)
    if later := next(filter(_is_network, layers), None):
        told = f"'{plain(word)}' is no network, but '{plain(later)}' is: the SPEC comes first"
        raise click.UsageError(told)
    return True


def _is_network(word: str) -> bool:
    try:
        return Path(word).is_file() or bundled.locate(word) is not None
    except OSError:  # no file has a name like this
        return False


def _page(word: str) -> str | None:
    """Return what a word is the page of, if there is one."""
    if word in LAYERS:
        return "a layer type"
    return "a figure" if figure_named(word) else None


def _of_network(
    spec: str, layers: tuple[str, ...], *, asks: bool, answers: bool, depth: int | None, **how: Any
) -> Report:
    if answers and not asks:
        raise click.UsageError("--answers needs --quiz")
    if layers and depth is not None:
        raise click.UsageError("--depth folds the whole network: name a LAYER or a depth, not both")
    from cnnstat.commands.explain import report  # noqa: PLC0415 - the other commands start without it
    from cnnstat.commands.explain.quiz import quiz  # noqa: PLC0415

    analysis = analyze(spec, **how)
    try:
        if asks:
            _check_asked(analysis, layers)
            rows = [find(analysis, layer) for layer in layers] or list(folded(analysis, depth))
            return quiz(analysis, rows, answers=answers)
        return report.network(analysis, layers, depth)
    except ArgumentError as error:
        raise click.UsageError(_unknown_layer(str(error), analysis, layers)) from None


def _check_asked(analysis: Analysis, layers: tuple[str, ...]) -> None:
    if TOTAL in layers and TOTAL not in analysis.named:
        raise click.UsageError("--quiz asks about layers and blocks; 'total' is told without --quiz")


def _unknown_layer(why: str, analysis: Analysis, layers: tuple[str, ...]) -> str:
    pages = [layer for layer in layers if f"'{layer}'" in why and _page(layer)]
    if pages:
        hint = f"; of {_page(pages[0])}, 'cnnstat explain {pages[0]}' tells more"
    else:
        hint = "" if "did you mean" in why else f"; its first is '{analysis.rows[0].name}'"
    return plain(why + hint)


def _refer(topic: str | None, form: str, output: Path | None) -> None:
    """Print a page that needs no network."""
    from cnnstat.commands.explain import reference  # noqa: PLC0415 - as above

    if topic is None:
        show(reference.contents(), form, output)
        return
    key = figure_named(topic)
    if topic not in LAYERS and key is None:
        raise click.UsageError(_unknown(topic))
    if topic not in LAYERS and key is not None:
        show(reference.figure(key), form, output)
    elif form == "markdown":
        put(manual.page(topic, LAYERS[topic]), output)
    else:
        show(reference.layer_type(topic), form, output)


def _unknown(topic: str) -> str:
    """Return why a word means nothing, and the nearest that does."""
    if topic == TOTAL:
        return "'total' goes behind a SPEC, as a LAYER does: 'cnnstat explain lenet5 total'"
    if topic in ENTRY_KEYS:
        return f"'{topic}' goes with every type of layer; docs/spec.md says what it does"
    if Path(f"{topic}.yaml").is_file():
        return f"'{plain(topic)}' is no file; did you mean '{plain(topic)}.yaml'?"
    having = [name for name, kind in LAYERS.items() if topic in option_names(kind)]
    if having:
        more = f" and {len(having) - 1} more" if len(having) > 1 else ""
        return f"'{topic}' is an option of {having[0]}{more}; 'cnnstat explain {having[0]}' says what it is"
    hint = suggestion(meant(topic), (*LAYERS, *words())) or suggestion(topic, bundled.names())
    told = f"'{plain(topic)}' is no layer type, figure, file or bundled network"
    return told + (hint or "; a LAYER goes behind its SPEC; 'cnnstat explain' lists types and figures")
