"""`cnnstat explain`: a network's arithmetic, a layer type, a figure, a problem's code, or a rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from cnnstat import rules
from cnnstat.analysis import analyze_graph
from cnnstat.analysis.model import Row
from cnnstat.analysis.outline import TOTAL, folded
from cnnstat.base.errors import ArgumentError
from cnnstat.base.pages import CODES, DEFINITIONS, KEYS, figure_named, words
from cnnstat.base.plugins import PluginError
from cnnstat.base.text import suggestion
from cnnstat.cli import completion
from cnnstat.cli.machine_options import machine_options
from cnnstat.cli.options import (
    PAGES,
    Chosen,
    Output,
    depth_option,
    input_option,
    output_options,
    set_option,
    settings_options,
)
from cnnstat.cli.output import put, show
from cnnstat.commands.explain import reference_report
from cnnstat.commands.explain.document import document
from cnnstat.commands.explain.explanations import explanations, named
from cnnstat.commands.explain.quiz_document import quiz_document
from cnnstat.commands.explain.quiz_report import quiz_report
from cnnstat.commands.explain.reference_document import (
    contents_document,
    figure_document,
    key_document,
    problem_document,
    rule_document,
    type_document,
)
from cnnstat.commands.explain.report import report
from cnnstat.importers import is_code
from cnnstat.layers import LAYERS, manual
from cnnstat.layers.plugged import layer_type, layer_types
from cnnstat.layers.reader import option_names
from cnnstat.layers.synonyms import way_out
from cnnstat.report.outline import branches
from cnnstat.spec import bundled

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.machines import Machine
    from cnnstat.analysis.settings import Settings
    from cnnstat.layers import Layer


def _topics(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return what a shell completes: networks, and words that have a page."""
    return completion.specs_or((*layer_types(), *KEYS, *DEFINITIONS, *_codes()), incomplete)


@click.command()
@click.argument("topic", metavar="[SPEC | TOPIC]", required=False, shell_complete=_topics)
@click.argument("layers", metavar="[LAYER]...", nargs=-1, shell_complete=completion.layers)
@set_option
@input_option
@settings_options("batch", "dtype")
@machine_options
@depth_option
@click.option("--quiz", "asks", is_flag=True, help="Print the layers with the figures left out.")
@click.option("--answers", is_flag=True, help="For --quiz: with the figures and their arithmetic.")
@output_options(PAGES)
def explain(
    topic: str | None,
    layers: tuple[str, ...],
    params: dict[str, object],
    input_shape: tuple[int, ...] | None,
    settings: Settings,
    machine: Machine | None,
    depth: int | None,
    asks: bool,
    answers: bool,
    output: Output,
) -> None:
    """Where figures come from: formula, numbers, result.

    SPEC explains the whole network, or the LAYERs and blocks named ('total': the sums). A layer TYPE
    (conv) prints its manual, a KEY of specs (repeat) what it does, a FIGURE (macs) its definition, the CODE
    of a problem (shape/leftover) what it means and the way out, that of a rule (rule/bias-before-norm) why
    check has it, with an example; without any of them, all but keys are listed.

    A word is a SPEC if it is a file, - or a bundled name; else a CODE, a TYPE, a KEY or a FIGURE.
    """
    if topic is None or not _is_spec(topic, layers):
        _check_no_options_of_networks()
        _refer(topic, output)
        return
    if asks and machine is not None:
        raise click.UsageError("--quiz asks for no times: leave the machine out")
    if answers and not asks:
        raise click.UsageError("--answers needs --quiz")
    if layers and depth is not None:
        raise click.UsageError("--depth folds the whole network: name a LAYER or a depth, not both")
    analysis = analyze_graph(Chosen(topic, params, input_shape).load(), settings)
    if asks:
        _check_asked(analysis, layers)
    try:
        chosen = tuple(named(analysis, layers))
    except ArgumentError as error:
        raise ArgumentError(f"{error}{_hint(str(error), analysis, layers)}") from None
    if asks:
        rows = tuple(row for row in chosen if isinstance(row, Row)) or folded(analysis, depth)
        answered = tuple(explanations(analysis, rows)) if answers else None
        quiz = quiz_document(analysis, rows, answered)
        show(quiz, lambda: quiz_report(quiz, analysis, answered or ()), output)
    else:
        every = chosen or (*(branch.row for branch in branches(analysis, depth)), analysis.totals)
        explained = tuple(explanations(analysis, every, machine))
        found = document(analysis, explained)
        show(found, lambda: report(found, analysis, explained, brief=not layers), output)


def _check_no_options_of_networks() -> None:
    context = click.get_current_context()
    options = {each.name: each.opts[0] for each in context.command.params if isinstance(each, click.Option)}
    of_pages = (*Output.__struct_fields__, "form")
    given = [
        options[name]
        for name in options
        if name not in of_pages and context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{' and '.join(given)} need{'s' if len(given) == 1 else ''} a SPEC")


def _is_spec(word: str, layers: tuple[str, ...]) -> bool:
    """Say whether a word means a network; with layers behind it, it can mean nothing else."""
    if word in ("", "-") or is_code(word) or _is_network(word):
        return True
    place = any(sign in word for sign in "/\\#\0") or word.endswith((".yaml", ".yml"))
    if place and not _is_code(word):
        return True
    if not layers:
        return False
    if what := _page(word):
        why = "has no layers: name it alone, or a SPEC and its LAYERs"
        raise click.UsageError(f"'{word}' is {what}, and {why}")
    if later := next(filter(_is_network, layers), None):
        message = f"'{word}' is no network, but '{later}' is: the SPEC comes first"
        raise click.UsageError(message)
    return True


def _is_network(word: str) -> bool:
    return _is_file(word) or bundled.locate(word) is not None


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except OSError:  # no file can have this name
        return False


def _is_code(word: str) -> bool:
    """Say whether a word is a code, or meant for one: of a path, few begin as codes do."""
    first, *rest = word.split("/")
    known = any(code.startswith(f"{first}/") for code in _codes())
    return len(rest) == 1 and "." not in word and known


def _codes() -> tuple[str, ...]:
    """Return every code that has a page."""
    return (*CODES, *rules.codes())


def _page(word: str) -> str | None:
    """Return what a word is the page of, if there is one."""
    if word in LAYERS:
        return "a layer type"
    if word in CODES:
        return "a problem's code"
    if _is_rule(word):
        return "a rule"
    if word in KEYS and word not in DEFINITIONS:
        return "a key of specs"
    if figure_named(word):
        return "a figure"
    return "a layer type" if _plugged(word) else None


def _is_rule(word: str) -> bool:
    try:
        return rules.is_rule(word)
    except PluginError as error:
        raise click.UsageError(f"rule '{word}' {error}") from None


def _plugged(word: str) -> type[Layer] | None:
    """Return the layer type of another package."""
    try:
        return layer_type(word)
    except PluginError as error:
        raise click.UsageError(f"layer type '{word}' {error}") from None


def _check_asked(analysis: Analysis, layers: tuple[str, ...]) -> None:
    if TOTAL in layers and all(row.name != TOTAL for row in (*analysis.rows, *analysis.groups)):
        raise click.UsageError("--quiz asks about layers and blocks; 'total' is printed without --quiz")


def _hint(message: str, analysis: Analysis, layers: tuple[str, ...]) -> str:
    """Return what else may be meant by a layer that the network does not have."""
    pages = [layer for layer in layers if f"'{layer}'" in message and _page(layer)]
    if pages:
        return f"; of {_page(pages[0])}, 'cnnstat explain {pages[0]}' says more"
    return "" if "did you mean" in message else f"; its first is '{analysis.rows[0].name}'"


def _refer(topic: str | None, output: Output) -> None:
    """Print a page that needs no network."""
    if topic is None:
        listed = contents_document()
        show(listed, lambda: reference_report.contents(listed), output)
    elif topic in LAYERS:
        _show_type(topic, LAYERS[topic], output)
    elif topic in CODES:
        problem = problem_document(topic)
        show(problem, lambda: reference_report.problem(problem), output)
    elif _is_rule(topic) and output.form == "markdown":
        put(rules.page_of(topic), output.output)
    elif _is_rule(topic):
        rule_page = rule_document(topic)
        show(rule_page, lambda: reference_report.rule(rule_page), output)
    elif topic in KEYS and topic not in DEFINITIONS:
        key_page = key_document(topic)
        show(key_page, lambda: reference_report.key(key_page), output)
    elif key := figure_named(topic):
        definition = figure_document(key)
        show(definition, lambda: reference_report.figure(definition), output)
    elif kind := _plugged(topic):
        _show_type(topic, kind, output)
    else:
        raise click.UsageError(_unknown(topic))


def _show_type(name: str, kind: type[Layer], output: Output) -> None:
    if output.form == "markdown":
        put(manual.page(name, kind), output.output)
    else:
        page = type_document(name, kind)
        show(page, lambda: reference_report.layer_type(page), output)


def _unknown(topic: str) -> str:
    """Return why a word means nothing, and the nearest that does."""
    if topic == TOTAL:
        return "'total' goes behind a SPEC, as a LAYER does: 'cnnstat explain lenet5 total'"
    if _is_code(topic):
        hint = suggestion(topic, _codes()) or "; 'cnnstat explain' lists the codes"
        return f"'{topic}' is no file and no code{hint}"
    if _is_rule(f"rule/{topic}"):
        return f"'{topic}' is a rule; did you mean 'rule/{topic}'?"
    if _is_file(f"{topic}.yaml"):
        return f"'{topic}' is no file; did you mean '{topic}.yaml'?"
    types = layer_types()
    having = [name for name, kind in types.items() if topic in option_names(kind)]
    if having:
        more = f" and {len(having) - 1} more" if len(having) > 1 else ""
        return f"'{topic}' is an option of {having[0]}{more}; 'cnnstat explain {having[0]}' says what it is"
    hint = way_out(topic, (*types, *words())) or suggestion(topic, bundled.names())
    hint = hint or "; a LAYER goes behind its SPEC; 'cnnstat explain' lists types and figures"
    return f"'{topic}' is no layer type, figure, file or bundled network{hint}"
