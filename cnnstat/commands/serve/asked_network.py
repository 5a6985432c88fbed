"""The network that a page asks about: each of its stages is worked out when it is wanted, and once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.base.errors import ArgumentError, Source
from cnnstat.commands.report.unit_fields import unit_fields
from cnnstat.commands.serve.bounds import LAYERS
from cnnstat.commands.serve.requests import OfText
from cnnstat.graph.model import build
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.commands.check.configuration import Configuration
    from cnnstat.commands.report.document import LayerFields
    from cnnstat.commands.serve.jobs import Job
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.model import Family


class AskedNetwork:
    """A text, and the network in it that is meant.

    ``name`` is what the text is shown under, ``stem`` what files of it are called, without their suffixes;
    ``configuration`` is what a project says of it. All of its stages raise SpecError where the spec is wrong,
    and ArgumentError where what is asked does not go with it.
    """

    def __init__(self, asked: OfText, job: Job, configuration: Configuration) -> None:
        self.asked, self.name, self.stem, self.configuration = asked, job.name, job.stem, configuration

    def is_about(self, asked: OfText, job: Job) -> bool:
        """Say whether another job asks about the same."""
        return _said(asked) == _said(self.asked) and (job.name, job.stem) == (self.name, self.stem)

    @cached_property
    def family(self) -> Family:
        """All networks of the text."""
        return read_family(Source(self.name, self.asked.text))

    @cached_property
    def spec(self) -> Spec:
        """The one that is meant. What the text no longer has, for it is being changed, counts no more."""
        asked, family = self.asked, self.family
        variant = asked.variant if asked.variant in family.variants else None
        params = {key: value for key, value in asked.params.items() if key in family.params}
        return choose(family, variant, params)

    @cached_property
    def analysis(self) -> Analysis:
        """Its figures."""
        graph = build(self.spec)
        if len(graph.layers) > LAYERS:
            raise ArgumentError(
                f"the network has {len(graph.layers):,} layers, and a page shows {LAYERS:,}; "
                "'cnnstat summary' shows any number"
            )
        return analyze_graph(graph, self.asked.settings)

    @cached_property
    def fields(self) -> tuple[LayerFields, ...]:
        """What the units of each layer see."""
        found, reason = unit_fields(self.analysis)
        if found is None:
            raise ArgumentError(reason)
        return found


def _said(asked: OfText) -> bytes:
    """Return what is asked of a text, as JSON: in Python, True and 1.0 are 1."""
    return msgspec.json.encode([getattr(asked, name) for name in OfText.__struct_fields__])
