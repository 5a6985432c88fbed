"""A text while it is written -> its network, or what is wrong with it: what each key pressed waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cnnstat.base.errors import ArgumentError, Problem, SpecError
from cnnstat.base.text import plain
from cnnstat.commands.report.network_page import first_page
from cnnstat.commands.report.page_document import family_colours
from cnnstat.commands.serve.bounds import VARIANTS
from cnnstat.commands.serve.diagnostics import of_problems
from cnnstat.commands.serve.document import LiveDocument
from cnnstat.commands.serve.parameters import parameters
from cnnstat.commands.serve.places import Places

if TYPE_CHECKING:
    from cnnstat.commands.serve.asked_network import AskedNetwork
    from cnnstat.commands.serve.requests import OfText


def live(asked: OfText, of: AskedNetwork) -> LiveDocument:
    """Return what there is to say of a text, as far as it can be read."""
    places = Places(asked.text)
    found = LiveDocument()
    try:
        found = replace(found, variants=(*of.family.variants,)[:VARIANTS])
        variant = of.spec.variant_key
        found = replace(found, variant=variant, parameters=parameters(of.spec, variant, asked.text, places))
        analysis = of.analysis
    except SpecError as error:
        return replace(found, problems=of_problems(error.problems, places))
    except ArgumentError as error:
        return replace(found, refused=plain(str(error)))
    missed = (Problem("expect/missed", each.message, each.span) for each in analysis.missed)
    network = first_page(analysis, analysis.name)
    colours = family_colours({look.family for look in network.layers})
    return replace(found, network=network, colours=colours, problems=of_problems(missed, places))
