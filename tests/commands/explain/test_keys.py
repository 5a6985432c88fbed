"""The pages of a spec's keys: every key of an entry has one, and its example is YAML."""

from __future__ import annotations

import pytest
import yaml
from click.testing import CliRunner

from cnnstat.base.pages import KEYS
from cnnstat.cli import cli
from cnnstat.spec.entry_reader import ENTRY_KEYS
from tests.program import within


@pytest.mark.parametrize("key", [*ENTRY_KEYS, "blocks", "variants"])
def test_every_key_has_a_page(key: str) -> None:
    result = CliRunner().invoke(cli, ["explain", key])
    assert result.exit_code == 0
    assert result.output.startswith(f"{key}, a key of specs: ")


@pytest.mark.parametrize("key", KEYS)
def test_examples_show_the_key(key: str) -> None:
    assert f"{key}:" in KEYS[key].example
    assert yaml.safe_load(KEYS[key].example)


def test_figures_and_keys_of_one_name() -> None:
    """The key weights comes before another name of params, and says so; params is the figure."""
    shown = CliRunner().invoke(cli, ["explain", "weights"]).output
    assert "the figure 'params'" in " ".join(shown.split())
    assert "also called" in CliRunner().invoke(cli, ["explain", "params"]).output


def test_a_rule_that_is_named_without_its_kind_is_suggested() -> None:
    ended = within("explain", "bias-before-norm")
    assert ended.returncode == 2
    assert "'bias-before-norm' is a rule; did you mean 'rule/bias-before-norm'?" in " ".join(
        ended.stderr.split()
    )
