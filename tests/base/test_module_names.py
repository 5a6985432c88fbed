"""Names of layers as attributes of a module of PyTorch, and back."""

from __future__ import annotations

import pytest

from cnnstat.base.module_names import MODULE_NAMES, attribute, attributes, names


def test_what_every_module_has_is_another_attribute() -> None:
    assert attributes("up.double.conv1.weight") == "up.double_.conv1.weight"
    assert attributes("half.type_.requires_grad") == "half_.type__.requires_grad"


def test_each_way_has_one_answer() -> None:
    for name in sorted(MODULE_NAMES):
        given = [name, f"{name}_", f"{name}__", f"{name}_2", f"_{name}", f"{name}er"]
        assert [names(attribute(each)) for each in given] == given
        assert len({*map(attribute, given)}) == len(given)
        assert MODULE_NAMES.isdisjoint(map(attribute, given))


@pytest.mark.exchange
def test_the_table_is_that_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    assert {name for name in dir(torch.nn.Module()) if name[0] != "_"} == MODULE_NAMES
