"""`cnnstat check`: specs in a repository, as its CI, its editors and its hooks check them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from cnnstat import rules
from cnnstat.base.text import plain
from cnnstat.cli import completion
from cnnstat.cli.files import FILE
from cnnstat.cli.options import gathered, max_memory_option, output_options, read_by
from cnnstat.cli.output import check_output, complain, put
from cnnstat.cli.processes import in_order, jobs_for
from cnnstat.cli.progress import progress
from cnnstat.commands.check.check_file import by_file, check_together, lost, read_and_check
from cnnstat.commands.check.common_budgets import read_demands, with_budgets
from cnnstat.commands.check.configuration import read_configuration
from cnnstat.commands.check.document import document
from cnnstat.commands.check.earlier import earlier_specs
from cnnstat.commands.check.formats import check_format, names, render
from cnnstat.commands.check.options import CheckOptions
from cnnstat.commands.check.reports import medium_of, read_reports, refuse_specs
from cnnstat.commands.check.spec_files import path_of, spec_files
from cnnstat.commands.check.tolerances import read_tolerances
from cnnstat.rules.rule import SEVERITIES

if TYPE_CHECKING:
    from cnnstat.cli.options import Output
    from cnnstat.commands.check.document import FileReport


check_options = gathered(
    "options",
    CheckOptions,
    click.option(
        "--severity",
        "least",
        type=click.Choice(SEVERITIES),
        default="warning",
        show_default=True,
        help="How much a finding matters at least.",
    ),
    click.option(
        "--fix", is_flag=True, help="Mend in place what can be mended safely; of -, print the mended text."
    ),
    click.option(
        "--write-expect",
        is_flag=True,
        help="Write calculated figures under expect: in place, and update those it wrote; of -, print the "
        "text.",
    ),
    click.option(
        "--budget",
        metavar="BOUND",
        multiple=True,
        callback=read_by(read_demands),
        help='What every network is held to: "params <= 5M". May be repeated.',
    ),
    click.option(
        "--room", is_flag=True, help="Print the room that each budget has left; other formats have it."
    ),
    click.option(
        "--against",
        metavar="REVISION|FOLDER",
        help="Compare each spec with what it was then; growth beyond the tolerance is a finding.",
    ),
    click.option(
        "--tolerance",
        "tolerances",
        metavar="[FIGURE=]AMOUNT",
        multiple=True,
        callback=read_by(read_tolerances),
        help="How much figures may grow: 1%, or macs=2%. May be repeated.  [default: 0]",
    ),
    click.option(
        "--jobs", type=click.IntRange(1, 1024), help="Processes.  [default: one for each processor]"
    ),
    click.option("--config", type=FILE, help="The configuration.  [default: the nearest upwards from here]"),
    click.option(
        "--force-exclude",
        is_flag=True,
        help="Leave files out as the configuration says where they are named, too, as by a hook.",
    ),
    click.option("--run", is_flag=True, help="Execute each network, and prove its figures by it."),
    click.option(
        "--check-grad", is_flag=True, help="Execute each network, and check all its gradients, too."
    ),
    max_memory_option,
)


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, shell_complete=completion.files)
@check_options
@click.option(
    "--report",
    "reports",
    metavar="FORMAT=FILE",
    multiple=True,
    callback=read_by(read_reports),
    help="Write the findings in this format to a file, too. May be repeated.",
)
@output_options(names(), default="text")
def check(
    paths: tuple[str, ...],
    options: CheckOptions,
    room: bool,
    jobs: int | None,
    config: Path | None,
    force_exclude: bool,
    reports: tuple[Output, ...],
    output: Output,
) -> None:
    """Check specs: each PATH is a file, a folder, a pattern or - for standard input.

    Without PATH it is the current folder. Exit code 0: nothing found; 1: findings; 2: usage, or something
    that could not be done.
    """
    paths, outputs = paths or (".",), (*reports, output)
    changes_input = (options.fix or options.write_expect) and "-" in paths
    if options.tolerances and options.against is None:
        raise click.UsageError("--tolerance goes with --against")
    if changes_input and len({*paths}) > 1:
        raise click.UsageError("files are changed in place, and standard input is printed: name - alone")
    for each in outputs:
        check_format(each.form)
    for each in reports:
        check_output(each.output)
    for failure in rules.PLUGINS.failures():
        complain(f"rule '{failure.name}' {plain(str(failure))}\n", 0)
    configuration = read_configuration(config, Path.cwd())
    found = spec_files(paths, configuration, force=force_exclude)
    if paths == (".",) and Path(configuration.root) == Path.cwd():
        for idle in configuration.idle(map(path_of, found.specs)):
            complain(plain(f"{configuration.file}: {idle}") + "\n", 0)
    refuse_specs(outputs, found.specs)
    earlier = None
    if options.against is not None:
        earlier = earlier_specs(options.against, found.specs, paths, configuration)
    runs = options.run or options.check_grad
    jobs = jobs or jobs_for(len(found.specs), runs)
    options = replace(options, run=runs, share=min(jobs, len(found.specs)))
    work = []
    for spec in found.specs:
        own, was = configuration.of_file(path_of(spec)), earlier and earlier.of.get(spec)
        bounds = with_budgets(own.budget, options.budget)
        work.append((spec, replace(options, severity=own.severity, budget=bounds, earlier=was)))
    of_spec: dict[str, FileReport] = {}
    if changes_input:
        of_spec["-"], text = read_and_check(*work[0])
        click.echo(text.encode(), nl=False)  # as bytes: not a sign of it may change
    else:
        together = by_file(work)
        with progress("checking", len(work)) as advance:
            for each_of, made in zip(together, in_order(check_together, together, jobs, lost), strict=True):
                of_spec |= {spec: report for (spec, _), report in zip(each_of, made, strict=True)}
                advance(len(made))
    checked = document((of_spec[spec] for spec in found.specs), found.others, earlier)
    for each in outputs:
        text = render(checked, each.form, replace(medium_of(each.output), room=room))
        if changes_input and each is output and output.output is None:  # standard output has the text
            click.echo(text, err=True, nl=False)
        else:
            put(text, each.output)
    if any(report.findings for report in checked.files):
        raise click.exceptions.Exit(1)
