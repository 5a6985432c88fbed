"""A sweep in a file of DuckDB: each batch is written whole or not at all, with a note of which points it has.

docs/sweep.md says why DuckDB. A point is there once, whatever ended the sweep that wrote it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import convert

from cnnstat import __version__
from cnnstat.analysis.machines import Machine
from cnnstat.cli.output import Undone
from cnnstat.sweeps.cells import cell_of, recorded, value_of, values_recorded
from cnnstat.sweeps.libraries import arrow
from cnnstat.sweeps.networks.columns import FIXED, column_names, param_key
from cnnstat.sweeps.networks.evaluator import Row
from cnnstat.sweeps.networks.figures import REAL, SWEPT
from cnnstat.sweeps.store.database import Database, quoted
from cnnstat.sweeps.store.other_sweep import another_sweep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cnnstat.sweeps.networks.evaluator import Batch
    from cnnstat.sweeps.networks.plan import Plan
    from cnnstat.sweeps.networks.points import Points

FORMAT = 3
"""Of the tables; another one is another store."""

_SPAN = 10_000
"""Points that are put in order at once: so few that nothing is put aside, as a folder may be read only."""

_TYPES = {
    **{"count": "HUGEINT", "bytes": "HUGEINT", "sizes": "BIGINT[]", "text": "VARCHAR"},
    **dict.fromkeys(REAL, "DOUBLE"),
}
_FIXED = dict(zip(FIXED, ("BIGINT", "INTEGER", "VARCHAR", "VARCHAR", "VARCHAR"), strict=True))
_KINDS = {"integer": "HUGEINT", "number": "DOUBLE", "flag": "BOOLEAN", "word": "VARCHAR", "mixed": "VARCHAR"}


class Store:
    """A file with the points of one plan.

    Raises:
        Undone: the library is missing, or the file is another sweep's, in use, or cannot be read or written.
    """

    def __init__(self, path: Path, plan: Plan | None = None, points: Points | None = None) -> None:
        """Open a file; with a plan and its points it is made if it is not there, else it is only read."""
        self.path = path
        self._database = Database(path, read_only=plan is None)
        try:
            self.about = self._checked(plan, points)
        except BaseException:
            self.close()
            raise
        self._database.bound(len(_FIXED) + len(self.about["params"]) + len(self.about["figures"]))
        if plan is not None:
            self._count(sum(stop - start for start, stop in self.present()))

    def _checked(self, plan: Plan | None, points: Points | None) -> dict[str, Any]:
        """Return what the file says of itself, once it is made and known to be what is asked for."""
        about = self._about()
        if about is None:
            if plan is None or points is None:
                raise Undone(f"{self.path} is no store of a sweep")
            about = self._create(plan, points)
        if about.get("format") != FORMAT:
            begun = f"begun by cnnstat {about.get('version')}, this is {__version__}"
            raise Undone(f"{self.path} is a store of another layout: {begun}. Name another file")
        if plan is not None and about["fingerprint"] != plan.fingerprint:
            raise Undone(another_sweep(self.path, about["plan"], plan))
        return about

    def close(self) -> None:
        """Close the file; what was added is in it."""
        self._database.close()

    def _count(self, stored: int) -> None:
        """Take note of how many points there are, to say so where no more can be written."""
        self._stored = stored
        self._database.going_on = f". {stored:,} points are stored: with more room, the same command goes on"

    @property
    def machine(self) -> Machine | None:
        """Return the machine that figures are for, where some need one."""
        found: dict[str, str] | None = self.about["plan"].get("machine")
        return None if found is None else convert(found, Machine, dec_hook=lambda kind, text: kind(text))

    def missing(self, count: int) -> Iterator[range]:
        """Yield the points below ``count`` that are not there."""
        position = 0
        for start, stop in self.present():
            if position < min(start, count):
                yield range(position, min(start, count))
            position = stop
        if position < count:
            yield range(position, count)

    def present(self) -> list[tuple[int, int]]:
        """Return the ranges of points that are there, in order."""
        found: list[tuple[int, int]] = []
        for some in self._database.some("SELECT start, stop FROM done ORDER BY start"):
            for start, stop in some:
                if found and found[-1][1] == start:
                    found[-1] = (found[-1][0], stop)
                else:
                    found.append((start, stop))
        return found

    def add(self, batch: Batch) -> None:
        """Write a batch: all of it is there when this returns, and nothing of it if it fails.

        Raises:
            Undone: it cannot be written.
        """
        with self._database.together():
            self._insert(batch.rows)
            self._database.run("INSERT INTO done VALUES (?, ?)", [batch.start, batch.stop])
        self._count(self._stored + batch.stop - batch.start)

    def between(self, start: int, stop: int, where: str = "true") -> Iterator[list[Row]]:
        """Yield the rows of points that meet a condition in SQL in order of number, some at a time."""
        for first in range(start, stop, _SPAN):
            of_these = f"point >= {first:d} AND point < {min(first + _SPAN, stop):d}"
            yield from self._read(f"WHERE {of_these} AND {where} ORDER BY point")

    def found(self, where: str) -> Iterator[list[Row]]:
        """Yield the rows of points that are not refused and meet a condition in SQL, in order of number."""
        for start, stop in self.present():
            yield from self.between(start, stop, f"refused IS NULL AND {where}")

    def first(self, where: str, order: str, top: int) -> Iterator[list[Row]]:
        """Yield, in an order of SQL, the first rows of points that `found` yields in order of number."""
        return self._read(f"WHERE refused IS NULL AND {where} ORDER BY {order} LIMIT {top:d}")

    def count(self, where: str) -> int:
        """Return how many points meet a condition of the database."""
        ((count,),) = self._database.run(f"SELECT count(*) FROM points WHERE {where}")
        return int(count)

    def refusals(self) -> Iterator[tuple[str, int, int, str]]:
        """Yield each reason with the number of points, and the first of them with its words."""
        columns = "refused, count(*), min(point), arg_min(why, point)"
        yield from self._database.run(
            f"SELECT {columns} FROM points WHERE refused IS NOT NULL GROUP BY refused"
        )

    def orders(self, key: str) -> bool:
        """Say whether the database sorts by a parameter or figure as a sweep does: by exact numbers."""
        kind = {param_key(name): kind for name, kind in self.about["params"].items()}.get(key)
        return kind is None or (kind in ("integer", "number") and not self.count("exact IS NOT NULL"))

    @property
    def columns(self) -> dict[str, str]:
        """Return the column of each parameter, as the database writes it, by its `param_key`."""
        names = (*self.about["params"],)
        return dict(zip(map(param_key, names), map(quoted, column_names(names)), strict=True))

    def _read(self, which: str) -> Iterator[list[Row]]:
        names, kinds = [*self.about["params"]], [*self.about["params"].values()]
        params = len(kinds)
        as_they_are = not {"number", "mixed"} & {*kinds}
        lists = any(SWEPT[key].kind == "sizes" for key in self.about["figures"])
        for some in self._database.some(f"SELECT * FROM points {which}"):
            rows = []
            for number, network, code, why, exact, *cells in some:
                own = tuple(cells[:params] if as_they_are else map(value_of, cells[:params], kinds))
                if exact is not None:
                    kept = values_recorded(exact)
                    own = tuple([kept.get(name, value) for name, value in zip(names, own, strict=True)])
                figures = cells[params:]
                worked_out = () if code else tuple([*map(_cell, figures)] if lists else figures)
                rows.append(Row(number, network, own, worked_out, code or "", why or ""))
            yield rows

    def _about(self) -> dict[str, Any] | None:
        """Return what the file says of itself; None of an empty one.

        Raises:
            Undone: it has tables that are no sweep's, or is damaged.
        """
        named = "SELECT table_name, column_name FROM information_schema.columns"
        columns = {*self._database.run(named)}
        if not columns:
            return None
        none = Undone(f"{self.path} is a database, but no store of a sweep")
        if not columns >= {("about", "text"), ("done", "start"), ("points", "point")}:
            raise none
        try:
            ((text,),) = self._database.run("SELECT text FROM about")
            about = json.loads(text)
        except (ValueError, TypeError):
            raise none from None
        if not isinstance(about, dict) or "format" not in about:
            raise none
        return about

    def _create(self, plan: Plan, points: Points) -> dict[str, Any]:
        params = points.kinds()
        about = {
            "format": FORMAT,
            "fingerprint": plan.fingerprint,
            "version": plan.version,
            "networks": [member.label for member in plan.members],
            "params": params,
            "figures": [*plan.figures],
            "space": points.described(plan),
            "plan": json.loads(plan.encoded),
        }
        named = dict(zip(column_names((*params,)), params.values(), strict=True))
        names = (f"{quoted(name)} {_KINDS[kind]}" for name, kind in named.items())
        figures = (f"{quoted(key)} {_TYPES[SWEPT[key].kind]}" for key in plan.figures)
        fixed = (f"{name} {kind}" for name, kind in _FIXED.items())
        run = self._database.run
        with self._database.together():
            run("CREATE TABLE done (start BIGINT, stop BIGINT)")
            run(f"CREATE TABLE points ({', '.join((*fixed, *names, *figures))})")
            run("CREATE TABLE about (text VARCHAR)")
            run("INSERT INTO about VALUES (?)", [json.dumps(about)])
        return about

    def _insert(self, rows: Sequence[Row]) -> None:
        kinds = self.about["params"]
        own = [dict(zip(kinds, row.params, strict=True)) for row in rows]
        stored = [{name: cell_of(value, kinds[name]) for name, value in each.items()} for each in own]
        columns: dict[str, Any] = {
            "point": [row.number for row in rows],
            "network": [row.network for row in rows],
            "refused": [row.code or None for row in rows],
            "why": [row.why or None for row in rows],
            "exact": [recorded(each, kinds, cells) for each, cells in zip(own, stored, strict=True)],
        }
        for place, name in enumerate(kinds):
            columns[f"p{place}"] = [cells[name] for cells in stored]
        for place, kind in enumerate(SWEPT[key].kind for key in self.about["figures"]):
            cells = [row.figures[place] if row.figures else None for row in rows]
            columns[f"f{place}"] = _column(cells, kind)
        library = arrow()
        arrays = [_array(library, cells) for cells in columns.values()]
        self._database.insert("points", library.table(arrays, names=[*columns]))


def _array(library: Any, cells: list[Any]) -> Any:
    try:
        return library.array(cells)
    except (OverflowError, library.ArrowInvalid):
        # A number of more than 64 bits goes as text, and is whole again.
        return library.array([None if each is None else str(each) for each in cells])


def _column(cells: list[Any], kind: str) -> list[Any]:
    return [None if each is None else [*each] for each in cells] if kind == "sizes" else cells


def _cell(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def figures_in(path: Path) -> tuple[tuple[str, ...], Machine | None]:
    """Return the figures that a store has, and the machine that some of them are for.

    Raises:
        Undone: it cannot be read.
    """
    store = Store(path)
    try:
        return tuple(store.about["figures"]), store.machine
    finally:
        store.close()
