"""What goes into a store or a file of Parquet comes out of it: numbers of any size, fractions, words."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet
import pytest

from cnnstat.sweeps.cells import cell_of, kind_of, recorded, value_of, values_recorded
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.spec.values import Value

TEXT = "input: [1]\nparams: {n: 1, v: 1}\nlayers: [{type: linear, units: $n}]\n"
LARGE = 2**53 + 1
VARIED = {
    "large integers": f"{LARGE},{LARGE - 1},-{LARGE}",
    "huge integers": "(2 ** 200 + $n) * (1 if $n > 3 else -1) if $n > 2 else 10 ** 30 + $n",
    "integers and decimals": f"0.1,1,5.0,{LARGE},1.{'0' * 20}1",
    "words": "relu,'true','1',''",
    "flags": "true,false",
    "all kinds": f"relu,true,'true',1,1.0,1.5,{LARGE},1.{'0' * 30}1",
    "fractions": "$n / 3",
    "lists": "[$j / 3 for $j in range(10 * $n)]",
    "sometimes a list": "[$j for $j in range($n)] if $n > 2 else $n",
    "a fraction far behind": "$n / 2 if $n == 3 else $n",
}
CONDITIONS = (
    f"$v == {LARGE}",
    f"$v == {LARGE - 1}",
    "$v == 4 / 3",
    "$v == 5 / 3",
    "$v * 3 == $n",
    "$v == true",
    "$v == 'true'",
    "$v == 1.5",
)


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "small.yaml"
    path.write_text(TEXT)
    return str(path)


@pytest.mark.parametrize("varied", VARIED.values(), ids=VARIED)
@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_store_gives_back_what_a_sweep_shows(spec: str, tmp_path: Path, varied: str, form: str) -> None:
    own = ("sweep", spec, "--vary", "n=1:6:1", "--vary", f"v={varied}", "--columns", "params")
    path = tmp_path / "values.duckdb"
    shown = within(*own, "--format", form, "--top", "40")
    assert within(*own, "--store", str(path)).returncode == shown.returncode == 0, shown.stderr
    for ended in (
        within("query", str(path), "--format", form, "--top", "40"),
        within(*own, "--store", str(path), "--format", form, "--top", "40"),
    ):
        assert ended.returncode == 0, ended.stderr
        if form == "json":
            assert json.loads(ended.stdout)["rows"] == json.loads(shown.stdout)["rows"]
        else:
            assert ended.stdout == shown.stdout


@pytest.mark.parametrize("varied", VARIED.values(), ids=VARIED)
def test_a_condition_holds_for_what_is_stored_as_for_what_is_swept(
    spec: str, tmp_path: Path, varied: str
) -> None:
    own = ("sweep", spec, "--vary", "n=1:6:1", "--vary", f"v={varied}", "--columns", "params")
    path = tmp_path / "values.duckdb"
    assert within(*own, "--store", str(path)).returncode == 0
    for condition in CONDITIONS:
        swept = within(*own, "--where", condition, "--format", "jsonl")
        found = within("query", str(path), "--where", condition, "--format", "jsonl")
        assert found.stdout == swept.stdout, condition


@pytest.mark.parametrize("order", ["-v,n"])
@pytest.mark.parametrize("varied", VARIED.values(), ids=VARIED)
def test_a_store_is_in_the_order_of_the_sweep(spec: str, tmp_path: Path, varied: str, order: str) -> None:
    own = ("sweep", spec, "--vary", "n=1:6:1", "--vary", f"v={varied}", "--columns", "params")
    path = tmp_path / "values.duckdb"
    shown = within(*own, "--store", str(path), f"--sort={order}")
    found = within("query", str(path), f"--sort={order}")
    assert [line for line in found.stdout.splitlines()[2:] if not line.startswith("small")] == [
        line for line in shown.stdout.splitlines()[2:] if not line.startswith("small")
    ]
    assert found.returncode == shown.returncode
    assert found.stderr == shown.stderr


@pytest.mark.parametrize(
    ("varied", "kind", "values"),
    [
        ("1:3:1", "int64", [1, 2, 3]),
        (f"{LARGE},{LARGE - 1}", "int64", [LARGE, LARGE - 1]),
        ("10 ** (30 * $n)", "decimal128(38, 0)", [10**30]),
        ("10 ** (90 * $n)", "string", [f"{10**90}"]),
        ("0.5,1", "double", [0.5, 1.0]),
        (f"0.5,{LARGE}", "string", ["0.5", f"{LARGE}"]),
        ("relu,'1'", "string", ["relu", "1"]),
        ("true,false", "bool", [True, False]),
        ("true,1", "string", ["true", "1"]),
    ],
)
def test_a_column_of_parquet_is_of_its_kind(
    spec: str, tmp_path: Path, varied: str, kind: str, values: list[Any]
) -> None:
    path = tmp_path / "values.parquet"
    own = ("sweep", spec, "--vary", "n=1", "--vary", f"v={varied}", "--columns", "params")
    ended = within(*own, "--format", "parquet", "-o", str(path))
    assert ended.returncode == 0, ended.stderr
    table = pyarrow.parquet.read_table(path)
    assert str(table.schema.field("v").type) == kind
    assert table.column("v").to_pylist() == values


def test_a_figure_of_more_than_64_bits_is_whole_in_parquet(tmp_path: Path) -> None:
    spec, path = tmp_path / "large.yaml", tmp_path / "large.parquet"
    spec.write_text(
        "input: [1000000, 1000000, 1000000]\nparams: {n: 1}\n"
        "layers: [{type: conv, filters: $n, kernel: 1}, {type: conv, filters: 1, kernel: 1}]\n"
    )
    own = ("sweep", str(spec), "--vary", "n=1,1000000", "--columns", "macs")
    ended = within(*own, "--format", "parquet", "-o", str(path))
    assert ended.returncode == 0, ended.stderr
    found = pyarrow.parquet.read_table(path).column("macs").to_pylist()
    assert found == [(10**6 + 1) * n * 10**12 for n in (1, 10**6)]


def test_what_does_not_fit_a_column_that_is_begun_is_named(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnstat.sweeps.output.parquet._GROUP", 2)
    monkeypatch.setattr("cnnstat.sweeps.workers.batches._FIRST", 1)
    path = tmp_path / "values.parquet"
    own = ("sweep", spec, "--vary", "n=1:300:1", "--columns", "params", "-o", str(path), "--vary")
    ended = within(*own, "v=$n if $n < 299 else 'relu'")
    assert ended.returncode == 2
    assert "v of point 298 is relu" in ended.stderr
    assert "--format jsonl" in ended.stderr
    assert not path.exists()
    assert within(*own, "v=1,2,3,4,5,6,7,8,relu").returncode == 0  # what varies is known before
    assert {*pyarrow.parquet.read_table(path).column("v").to_pylist()} == {*"12345678", "relu"}


def test_columns_of_a_store_are_of_their_kinds(spec: str, tmp_path: Path) -> None:
    """For who asks the database itself."""
    for varied, kind, values in (
        ("1:2:1", "HUGEINT", [1, 2]),
        ("0.5,1", "DOUBLE", [0.5, 1.0]),
        ("relu,silu", "VARCHAR", ["relu", "silu"]),
        ("true,false", "BOOLEAN", [True, False]),
        ("relu,1", "VARCHAR", ['"relu"', "1"]),
    ):
        path = tmp_path / f"{kind}{len(values[0]) if isinstance(values[0], str) else ''}.duckdb"
        own = ("sweep", spec, "--vary", f"v={varied}", "--columns", "params")
        assert within(*own, "--store", str(path)).returncode == 0
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute("SELECT v, typeof(v), exact FROM points ORDER BY point").fetchall()
        assert found == [(value, kind, None) for value in values]


@pytest.mark.parametrize(
    "value",
    [
        *(0, 1, -1, True, False, "", "1", "ä", None, (), (1, (2, "a"), None)),
        *(Fraction(1), Fraction(5, 2), Fraction(1, 3), Fraction(1, 10), Fraction(10**400, 3)),
        *(2**53, 2**53 + 1, 2**63, 2**127 - 1, 2**127, -(2**127), 10**400),
        *((Fraction(1, 3),), ("a", True, 1, Fraction(1))),
    ],
)
@pytest.mark.parametrize("kind", ["integer", "number", "flag", "word", "mixed"])
def test_a_value_comes_back_from_any_column(value: Value, kind: Any) -> None:
    cell = cell_of(value, kind)
    kept = recorded({"x": value}, {"x": kind}, {"x": cell})
    found = value_of(cell, kind) if kept is None else values_recorded(kept)["x"]
    assert found == value
    assert type(found) is type(value)


def test_the_kind_of_values() -> None:
    assert kind_of([1, 2]) == "integer"
    assert kind_of([1, Fraction(1, 2)]) == kind_of([Fraction(2)]) == "number"
    assert kind_of([True]) == "flag"
    assert kind_of(["a", "1"]) == "word"
    assert kind_of([True, 1]) == kind_of([(1,)]) == kind_of(["a", 1]) == "mixed"
    assert kind_of([None, 1]) == "integer"
    assert kind_of([]) == kind_of([None]) == "mixed"


@pytest.mark.parametrize("names", [("w", "W"), ("Macs", "macs"), ("Point", "WHY"), ("aa", "Aa", "AA")])
def test_names_that_differ_in_case_only_are_columns_apart(tmp_path: Path, names: tuple[str, ...]) -> None:
    spec, path = tmp_path / "case.yaml", tmp_path / "case.duckdb"
    units = " + ".join(f"${name}" for name in names)
    spec.write_text(
        f"input: [1]\nparams: {{{', '.join(f'{name}: 1' for name in names)}}}\n"
        f"layers: [{{type: linear, units: {units}}}]\n"
    )
    varied = [each for i, name in enumerate(names) for each in ("--vary", f"{name}={i + 1},7")]
    own = ("sweep", str(spec), *varied)
    for asked in ((), (f"--sort=-{names[-1]},{names[0]}",), ("--where", f"${names[-1]} == 7")):
        shown = within(*own, *asked, "--format", "csv")
        assert within(*own, "--store", str(path)).returncode == 0
        found = within("query", str(path), *asked, "--format", "csv")
        assert found.stdout == shown.stdout
        header = shown.stdout.splitlines()[0].lower().split(",")
        assert len({*header}) == len(header)
    file = tmp_path / "case.parquet"
    assert within(*own, "--format", "parquet", "-o", str(file)).returncode == 0
    assert pyarrow.parquet.read_table(file).num_rows == 2 ** len(names)
