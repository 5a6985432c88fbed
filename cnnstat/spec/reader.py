"""A document -> a Family: the keys of a network and of its variants.

The rest has a file for each beside this one: the keys of an entry (`entry_reader`), of a block
(`block_reader`), ``params:`` and ``expect:`` wherever they stand, and the kinds of value a key takes
(`value_reader`). Each reads a node and adds what does not fit to ``problems``; reading goes on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.base.axes import RANKS
from cnnstat.base.dtypes import BYTES, DTYPE
from cnnstat.base.errors import Problem, Problems, Source, Span, SpecError
from cnnstat.base.limits import MAX_SIZE, MAX_TEXT, is_size
from cnnstat.spec.block_reader import read_blocks
from cnnstat.spec.budget_reader import read_budgets
from cnnstat.spec.document import parse
from cnnstat.spec.entry_reader import read_entries
from cnnstat.spec.expect_reader import read_expectations
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Family, Operand, Variant, unknown_param
from cnnstat.spec.nodes import Mapping, Node, Scalar, Sequence, shown
from cnnstat.spec.numbers_reader import read_numbers
from cnnstat.spec.param_reader import read_params, spans_of_params
from cnnstat.spec.value_reader import (
    LETTERS,
    check_keys,
    items_of,
    need_keys,
    read_name,
    read_operand,
    read_references,
    read_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping as Dict

    from cnnstat.spec.space import Space
    from cnnstat.spec.values import Value

NETWORK_KEYS = (
    *("name", "source", "input", "params", "variants", "blocks", "layers", "outputs", "expect", "budget"),
    *("values", "dtype", "space"),
)
VARIANT_KEYS = ("name", "source", "params", "expect", "budget")

_VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_START = 1_000  # characters of a text that is too long, to show how it begins


def read_family(source: Source) -> Family:
    """Read a whole spec.

    Raises:
        SpecError: with every problem of the phase (YAML, then structure) that failed.
    """
    if len(source.text) > MAX_TEXT:
        too_long = f"a spec has at most {MAX_TEXT:,} characters, this one has {len(source.text):,}"
        # To find a line of it would take as long as to read it.
        start = Source(source.name, source.text[:_START])
        raise SpecError([Problem("spec/too-long", too_long, Span(start, 1, 1))])
    root = parse(source)
    problems = Problems()
    family = _family(root, source.name, problems)
    problems.stop_if_any()
    assert family is not None  # where there is none, there is a problem
    return family


def _family(root: Node, file: str, problems: Problems) -> Family | None:
    if not isinstance(root, Mapping):
        message = "a spec is a mapping with the keys 'input:' and 'layers:'"
        problems.add(Problem("spec/type", message, root.span))
        return None
    check_keys(root, NETWORK_KEYS, "a network", problems)
    need_keys(root, ("input", "layers"), "a network", root.span, problems)
    name = read_text(root.get("name"), problems) or file
    source = read_text(root.get("source"), problems)
    cited = source or name  # what an expectation cites where it cites nothing
    input_node, params_node = root.get("input"), root.get("params")
    params = read_params(params_node, problems)
    space = _space(root.get("space"), params, problems)
    return Family(
        name=name,
        source=source,
        inputs=_inputs(input_node, problems),
        dtype=_dtype(root.get("dtype"), problems),
        params=params,
        param_spans=spans_of_params(params_node),
        variants=_variants(root.get("variants"), params, cited, problems),
        blocks=read_blocks(root.get("blocks"), cited, problems),
        layers=read_entries(root.get("layers"), cited, problems),
        outputs=read_references(root.get("outputs"), problems),
        expect=read_expectations(root.get("expect"), cited, problems, total=True),
        budget=read_budgets(root.get("budget"), problems, total=True),
        values=read_numbers(root.get("values"), problems),
        space=space,
        input_span=input_node.span if input_node else root.span,
        params_span=params_node.span if params_node else root.span,
        span=root.span,
    )


def _dtype(node: Node | None, problems: Problems) -> str:
    name = DTYPE if node is None else read_text(node, problems)
    if node is not None and name not in BYTES:
        known = f"expected one of {', '.join(BYTES)}, got {shown(node)}"
        problems.add(Problem("spec/dtype", known, node.span))
    return name


def _space(node: Node | None, params: Dict[str, Value], problems: Problems) -> Space | None:
    if node is None:
        return None
    # Few specs have one, and no other waits for what it needs.
    from cnnstat.spec.space import space_problems  # noqa: PLC0415
    from cnnstat.spec.space_reader import read_space  # noqa: PLC0415

    space = read_space(node, problems)
    for problem in space_problems(space, params) if space else ():
        problems.add(problem)
    return space


def _inputs(node: Node | None, problems: Problems) -> dict[str, tuple[Operand, ...]]:
    """Read the shape of the only input, or a mapping of names to shapes."""
    if not isinstance(node, Mapping):
        return {"input": _shape(node, problems)}
    for key, _ in node.entries:
        read_name(key, "an input", problems)
    if not node.entries:
        message = "'input:' is a shape, or a mapping of names to shapes"
        problems.add(Problem("spec/input", message, node.span))
    return {key.text: _shape(value, problems) for key, value in node.entries}


def _shape(node: Node | None, problems: Problems) -> tuple[Operand, ...]:
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else ()
    sizes = [read_operand(item, problems) for item in items if isinstance(item, Scalar)]
    good = [size for size in sizes if is_size(size) or isinstance(size, Expression)]
    if not isinstance(node, Sequence) or len(good) != len(node.items) or not 1 <= len(good) <= len(RANKS):
        *most, last = (f"[{rank.letters}]" for rank in reversed(RANKS))
        wanted = f"{', '.join(most)} or {last} with sizes from 1 to {MAX_SIZE:,}"
        problems.add(Problem("spec/input", f"the input is {wanted}, got {shown(node)}", node.span))
    return tuple(good)


def _variants(
    node: Node | None, params: Dict[str, Value], cited: str, problems: Problems
) -> dict[str, Variant]:
    variants = {}
    for key, body in items_of(node, "variants", problems):
        if not _VARIANT.fullmatch(key.text):
            wanted = f"has {LETTERS}, - and ., and begins with a letter or digit"
            message = f"a variant's name {wanted}, got {shown(key)}"
            problems.add(Problem("spec/name", message, key.span))
        if isinstance(body, Mapping):
            variants[key.text] = _variant(key, body, params, cited, problems)
        else:
            message = f"the variant '{key.text}' is a mapping, such as {{params: ...}}, got {shown(body)}"
            problems.add(Problem("spec/type", message, body.span))
    return variants


def _variant(key: Scalar, body: Mapping, known: Dict[str, Value], cited: str, problems: Problems) -> Variant:
    check_keys(body, VARIANT_KEYS, f"the variant '{key.text}'", problems)
    params = body.get("params")
    for param, _ in params.entries if isinstance(params, Mapping) else ():
        if param.text not in known:
            problems.add(Problem("param/unknown", unknown_param(param.text, known), param.span))
    name = read_text(body.get("name"), problems) or key.text
    source = read_text(body.get("source"), problems)
    expect = read_expectations(body.get("expect"), source or cited, problems, total=True)
    budget = read_budgets(body.get("budget"), problems, total=True)
    spans = spans_of_params(params)
    return Variant(name, source, read_params(params, problems), spans, expect, budget, key.span)
