"""What a worker keeps between two requests about one network, and what goes with a text beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.base.errors import ArgumentError
from cnnstat.commands.check.configuration import Configuration
from cnnstat.commands.serve import asked_network
from cnnstat.commands.serve.answers import Answers
from cnnstat.commands.serve.jobs import Job
from cnnstat.commands.serve.opened import Opened, opened
from tests.commands.report.html_reader import held
from tests.commands.serve.client import SMALL, served
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.serve.client import Page

CONFIGURATION = """
severity: {rule/unused-param: error, rule/bias-before-norm: off}
budget: {params: <= 100}
overrides:
- {files: ["other.yaml"], severity: {rule/unused-param: info}}
"""
TEXT = f"params: {{spare: 1}}\n{SMALL}- {{type: batch_norm}}\n"
"""With a parameter that nobody reads, a bias before a norm, and more than 100 weights."""


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        *(
            ("net.yaml", "net"),
            ("folder/a b.YML", "a_b"),
            (r"C:\nets\v1.5.yaml", "v1.5"),
            ("<stdin>", "stdin"),
        ),
        *(("resnet50", "resnet50"), ("mine.onnx", "mine"), ("torch:code.py:make", "torch_code.py_make")),
        *(("é.yaml", "network"), (".yaml", "network"), ('a"\r\nb.yaml', "a_b"), ("x" * 300, "x" * 100)),
    ],
)
def test_files_are_called_as_the_text_is(name: str, stem: str) -> None:
    assert Opened(name, "", None).start().stem == stem


def test_a_page_asks_many_things_of_one_network_that_is_worked_out_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worked: list[str] = []
    for name in ("read_family", "build", "analyze_graph", "unit_fields"):
        monkeypatch.setattr(asked_network, name, counted(name, getattr(asked_network, name), worked))
    body: dict[str, Any] = {"text": SMALL + "- {type: relu}\n"}
    jobs: list[tuple[str, dict[str, str]]] = [("live", {}), ("conventions", {})]
    jobs += [(kind, {"layer": layer}) for layer in ("conv1", "relu1") for kind in ("explained", "fields")]
    answers = Answers(Configuration())
    for kind, more in jobs:
        job = Job(kind, json.dumps(body | more).encode(), "net.yaml")
        assert answers.answer(job).ending == 200
    assert worked == ["read_family", "build", "analyze_graph", "unit_fields"]


def test_a_parameter_that_is_equal_in_python_only_is_another(page: Page) -> None:
    text = "params: {twice: 1}\n" + SMALL
    values = [page.live(text, params={"twice": value})["parameters"][0]["value"] for value in (1, True, 1)]
    assert [str(value) for value in values] == ["1", "True", "1"]


def counted(name: str, function: Any, worked: list[str]) -> Any:
    def called(*arguments: Any) -> Any:
        worked.append(name)
        return function(*arguments)

    return called


@pytest.mark.parametrize("name", ["net.yaml", "other.yaml"])
def test_what_a_project_says_of_its_specs_holds_in_the_page(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cnnstat.yaml").write_text(CONFIGURATION)
    (tmp_path / name).write_text(TEXT)
    document = json.loads(within("check", name, "--format", "json").stdout)
    said = {(each["code"], each["severity"]) for each in document["files"][0]["findings"]}
    assert len(said) == (2 if name == "net.yaml" else 1)
    with served(tmp_path, name, count=1) as page:
        marks = page.post("findings", {"text": TEXT}).json()["marks"]
        report = held(page.post("report", {"text": TEXT}).text)
    assert {(each["code"], each["severity"]) for each in marks} == said
    found = {
        (each["finding"]["code"], each["finding"]["severity"]) for each in report["network-0"]["findings"]
    }
    assert found == said


def test_a_project_that_says_what_there_is_not_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cnnstat.yaml").write_text("severity: {no/code: off}\n")
    with pytest.raises(ArgumentError, match="there is no code 'no/code'"):
        opened(None)
    ended = within("serve", "--no-browser")
    assert ended.returncode == 2
    assert "there is no code 'no/code'" in ended.stderr
