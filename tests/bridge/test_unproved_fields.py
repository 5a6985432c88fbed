"""Fields that stand for more than was measured: what counts as proved is what each unit really sees."""

from __future__ import annotations

import cnnstat
from cnnstat.bridge.verify import verify


def test_a_frame_on_the_far_side_behind_what_sees_one_region_sees_nothing() -> None:
    layers = "[{type: layer_norm}, {type: pad, padding: [0, 1, 0, 1]}]"
    verified = verify(cnnstat.loads(f"input: [1, 6, 6]\nlayers: {layers}\n"))
    assert verified.differences == ()
    assert verified.unmeasured == ()
