"""Every figure, declared once: its keys and names, what it means in a line and at length, and what it is of.

`cnnstat explain FIGURE` prints this text; columns, specs, steps and differences take their figures from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable


class Figure(Struct, frozen=True, kw_only=True):
    """A figure by its key, which is the one in specs and in the data formats.

    ``layer_key`` is the key in layers and columns where that is another. ``title`` is the name at length,
    ``label`` the one that heads columns and steps, ``also`` are other words for it. ``brief`` is the
    convention that it follows, in a line, ``rule`` how it comes about, ``meaning`` its definition.
    """

    key: str
    title: str
    label: str
    also: tuple[str, ...]
    rule: str
    meaning: str
    brief: str = ""
    layer_key: str = ""
    adds_up: bool = False
    """Whether that of a block is the sum over its layers."""
    of_network: bool = False
    """Whether only the network as a whole has it."""
    expected: bool = True
    """Whether ``expect:`` knows it."""


_TABLE = (
    Figure(
        key="shape",
        title="shape",
        label="output",
        layer_key="output_shape",
        also=("output", "output_shape", "size", "output_size"),
        brief="one sample, channels first",
        rule="(N - F + 2P)/S + 1 per axis, for a window of extent F with stride S and padding P on an"
        " input of N",
        meaning="What a layer puts out for one sample, channels first: (C, H, W) for maps, (C, L) for"
        " signals, (N,) for vectors. The batch is not part of it.",
    ),
    Figure(
        key="params",
        title="parameters",
        label="params",
        adds_up=True,
        also=("param", "parameters", "parameter", "weights", "free_parameters"),
        brief="weights, biases, scale and shift; running statistics are not",
        rule="filters·(maps·kernel·kernel + 1) for a convolution, units·(inputs + 1) for a fully connected"
        " layer",
        meaning="The numbers a network stores and training could change: weights, biases, and the scale"
        " and shift of a norm. Some may be fixed, as the code book of LeNet-5's RBF units is: they are not"
        " trainable. Running means and variances are buffers and never parameters.",
    ),
    Figure(
        key="trainable",
        title="trainable parameters",
        label="trainable",
        adds_up=True,
        also=("trainable_parameters", "trained"),
        brief="params that training changes",
        rule="params less the fixed ones",
        meaning="The parameters that training does change.",
    ),
    Figure(
        key="buffers",
        title="buffers",
        label="buffers",
        adds_up=True,
        also=("buffer", "running_statistics", "running_mean", "running_variance"),
        brief="stored numbers without a gradient",
        rule="2·channels for a batch norm",
        meaning="Numbers that a network stores but that no gradient changes: the running means and"
        " variances of a batch norm. They are not parameters.",
    ),
    Figure(
        key="macs",
        title="multiply-adds (MACs)",
        label="MACs",
        adds_up=True,
        also=("mac", "multiply_adds", "multiply_add", "madds", "mult_adds", "multiply_accumulates"),
        brief="multiply-adds for one sample; bias excluded, taps on zero padding included",
        rule="output height·output width·filters·maps·kernel·kernel for a convolution, units·inputs for a"
        " fully connected layer",
        meaning="Products that are added up, for one sample: by convolutions, transposed convolutions,"
        " fully connected and RBF layers (one for each unit and input), and by trainable subsampling (one"
        " per unit, for the inputs are summed first). Biases are left out; taps that fall on zero padding"
        " are included, as in every published count. What the papers on ResNet, MobileNet and GoogLeNet"
        " call FLOPs or ops is this figure.",
    ),
    Figure(
        key="padding_macs",
        title="multiply-adds on padding",
        label="on padding",
        adds_up=True,
        also=("on_padding", "padded_macs", "wasted_macs"),
        brief="MACs whose tap falls on zero padding",
        rule="MACs less those whose tap falls on the input",
        meaning="The part of the multiply-adds whose tap falls on zero padding: work done on zeros.",
    ),
    Figure(
        key="flops",
        title="FLOPs",
        label="FLOPs",
        adds_up=True,
        also=("flop", "floating_point_operations"),
        brief="2 x MACs, a count and not a rate",
        rule="2·MACs",
        meaning="A multiplication and an addition for each multiply-add. It is a count, not a rate per"
        " second. Papers often print multiply-adds under this name, which is half of it.",
    ),
    Figure(
        key="operations",
        title="operations",
        label="operations",
        adds_up=True,
        expected=False,
        also=("ops", "additions", "multiplications", "comparisons", "divisions", "exponentials", "roots"),
        rule="counted by kind",
        meaning="All that inference does for one sample, by kind: multiply-adds, additions,"
        " multiplications, comparisons, divisions, exponentials and roots. What another tool calls FLOPs is"
        " a weighted sum of these, and tools disagree on the weights.",
    ),
    Figure(
        key="connections",
        title="connections",
        label="connections",
        adds_up=True,
        also=("connection", "synapses"),
        brief="inputs each unit reads, plus one for its bias (LeCun 1998); padding excluded",
        rule="output height·output width·filters·(maps·kernel·kernel + 1) for a convolution without padding",
        meaning="LeCun's count: over all units, the inputs a unit reads, plus one for its bias. Taps on"
        " padding do not count: of 5 inputs, a window of 3 with padding 1 reads 13 and not 15. A unit of"
        " trainable subsampling has its window and a bias, an RBF unit its inputs and no bias, a pooling"
        " unit the inputs in its window. Element-wise layers, norms and joins add none.",
    ),
    Figure(
        key="activations",
        title="activations",
        label="activations",
        adds_up=True,
        also=("activation_size", "activation_volume", "outputs"),
        brief="numbers put out for one sample",
        rule="channels·height·width",
        meaning="The numbers a layer puts out for one sample.",
    ),
    Figure(
        key="receptive_field",
        title="receptive field",
        label="field",
        also=("field", "rf", "receptive_fields", "effective_stride", "effective_padding", "field_size"),
        brief="receptive field, effective stride and padding of one unit, in input pixels (Araujo, Norris,"
        " Sim, Distill 2019); 'all': the whole input",
        rule="r + (F - 1)·S: that of the layer above, grown by the window's extent F at the effective"
        " stride S",
        meaning="The region of the input that one unit sees. Per axis it has a size r, an effective stride"
        " S (how far apart the fields of neighbouring units stand) and an effective padding P (how far the"
        " first unit's field sticks out before the input); the layer's own stride multiplies S, and its"
        " padding adds padding·S to P (Araujo, Norris, Sim, Distill 2019). At a join it is the union of the"
        " branches, 'not aligned' where these disagree on stride or centre. After a global pool, a flatten"
        " or a fully connected layer it is the whole input.",
    ),
    Figure(
        key="field_stride",
        title="effective stride",
        label="stride",
        expected=False,
        also=("stride", "jump"),
        rule="S·stride: that of the layer above, times the layer's own",
        meaning="How many input positions lie between the receptive fields of neighbouring units.",
    ),
    Figure(
        key="field_padding",
        title="effective padding",
        label="padding",
        expected=False,
        also=("padding",),
        rule="P + padding·S: that of the layer above, and the layer's own padding at the effective stride"
        " above",
        meaning="How far the receptive field of the first unit sticks out before the input.",
    ),
    Figure(
        key="leftover",
        title="leftover",
        label="leftover",
        expected=False,
        also=("left_over", "remainder", "doesnt_fit"),
        brief="rows and columns no window covers, padding included",
        rule="the remainder of (N - F + 2P)/S",
        meaning="Rows or columns of the padded input that no window covers, because (N - F + 2P)/S + 1 is"
        " no whole number and is rounded down: it doesn't fit. --strict and 'rounding: exact' refuse it.",
    ),
    Figure(
        key="inference_memory_bytes",
        title="inference memory",
        label="inference memory",
        of_network=True,
        also=("inference_memory", "memory", "inference"),
        rule="bytes·(params + batch·the largest sum of activations alive at once)",
        meaning="Bytes to run the network: its parameters, and the largest sum of activations alive at"
        " once when layers run in graph order and an output is freed after its last reader. In float32"
        " unless --dtype says otherwise.",
    ),
    Figure(
        key="training_memory_bytes",
        title="training memory",
        label="training memory",
        of_network=True,
        also=("training_memory", "training"),
        rule="bytes·(params + trainable·(1 + optimiser state) + batch·activations that backward reads)",
        meaning="Bytes to train the network: its parameters, their gradients, what the optimiser keeps for"
        " each, and every activation that the backward pass reads, for a whole batch.",
    ),
)

FIGURES: dict[str, Figure] = {figure.key: figure for figure in _TABLE}
"""Every figure by its key."""


def _keys(wanted: Callable[[Figure], bool]) -> tuple[str, ...]:
    return tuple(key for key, figure in FIGURES.items() if wanted(figure))


ADDED = _keys(lambda figure: figure.adds_up)
"""The figures that add up over layers."""

COUNTS = tuple(key for key in ADDED if key != "operations")
"""Those that are one number each; operations are counted by kind."""

OF_NETWORK = _keys(lambda figure: figure.of_network)
EXPECTED = _keys(lambda figure: figure.expected)


def figure_named(word: str) -> str | None:
    """Return the key of the figure that a word means; None for no figure."""
    name = word.strip().lower().replace("-", "_").replace(" ", "_").replace("'", "")
    also = (key for key, figure in FIGURES.items() if name in figure.also)
    return name if name in FIGURES else next(also, None)


def words() -> tuple[str, ...]:
    """Return every name of every figure."""
    return (*FIGURES, *(name for figure in FIGURES.values() for name in figure.also))
