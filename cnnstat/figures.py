"""What each figure means, in words: the one text that `cnnstat explain FIGURE` prints."""

from __future__ import annotations

from msgspec import Struct


class Figure(Struct, frozen=True):
    """A figure: its name for readers, other names it goes by, how it comes about, and what it means."""

    title: str
    also: tuple[str, ...]
    rule: str
    meaning: str


FIGURES: dict[str, Figure] = {
    "shape": Figure(
        "shape",
        ("output", "output_shape", "size", "output_size"),
        "(N - F + 2P)/S + 1 per axis, for a window of extent F with stride S and padding P on an input of N",
        "What a layer puts out for one sample, channels first: (C, H, W) for maps, (C, L) for signals, (N,)"
        " for vectors. The batch is not part of it.",
    ),
    "params": Figure(
        "parameters",
        ("param", "parameters", "parameter", "weights", "free_parameters"),
        "filters·(maps·kernel·kernel + 1) for a convolution, units·(inputs + 1) for a fully connected layer",
        "The numbers a network stores and training could change: weights, biases, and the scale and shift of"
        " a norm. Some may be fixed, as the code book of LeNet-5's RBF units is: they are not trainable."
        " Running means and variances are buffers and never parameters.",
    ),
    "trainable": Figure(
        "trainable parameters",
        ("trainable_parameters", "trained"),
        "params less the fixed ones",
        "The parameters that training does change.",
    ),
    "buffers": Figure(
        "buffers",
        ("buffer", "running_statistics", "running_mean", "running_variance"),
        "2·channels for a batch norm",
        "Numbers that a network stores but that no gradient changes: the running means and variances of a"
        " batch norm. They are not parameters.",
    ),
    "macs": Figure(
        "multiply-adds (MACs)",
        ("mac", "multiply_adds", "multiply_add", "madds", "mult_adds", "multiply_accumulates"),
        "output height·output width·filters·maps·kernel·kernel for a convolution, units·inputs for a fully"
        " connected layer",
        "Products that are added up, for one sample: by convolutions, transposed convolutions, fully"
        " connected and RBF layers (one for each unit and input), and by trainable subsampling (one per unit,"
        " for the inputs are summed first). Biases are left out; taps that fall on zero padding are included,"
        " as in every published count. What the papers on ResNet, MobileNet and GoogLeNet call FLOPs or ops"
        " is this figure.",
    ),
    "padding_macs": Figure(
        "multiply-adds on padding",
        ("on_padding", "padded_macs", "wasted_macs"),
        "MACs less those whose tap falls on the input",
        "The part of the multiply-adds whose tap falls on zero padding: work done on zeros.",
    ),
    "flops": Figure(
        "FLOPs",
        ("flop", "floating_point_operations"),
        "2·MACs",
        "A multiplication and an addition for each multiply-add. It is a count, not a rate per second. Papers"
        " often print multiply-adds under this name, which is half of it.",
    ),
    "operations": Figure(
        "operations",
        ("ops", "additions", "multiplications", "comparisons", "divisions", "exponentials", "roots"),
        "counted by kind",
        "All that inference does for one sample, by kind: multiply-adds, additions, multiplications,"
        " comparisons, divisions, exponentials and roots. What another tool calls FLOPs is a weighted sum of"
        " these, and tools disagree on the weights.",
    ),
    "connections": Figure(
        "connections",
        ("connection", "synapses"),
        "output height·output width·filters·(maps·kernel·kernel + 1) for a convolution without padding",
        "LeCun's count: over all units, the inputs a unit reads, plus one for its bias. Taps on padding do"
        " not count: of 5 inputs, a window of 3 with padding 1 reads 13 and not 15. A unit of trainable"
        " subsampling has its window and a bias, an RBF unit its inputs and no bias, a pooling unit the"
        " inputs in its window. Element-wise layers, norms and joins add none.",
    ),
    "activations": Figure(
        "activations",
        ("activation_size", "activation_volume", "outputs"),
        "channels·height·width",
        "The numbers a layer puts out for one sample.",
    ),
    "receptive_field": Figure(
        "receptive field",
        ("field", "rf", "receptive_fields", "effective_stride", "effective_padding", "field_size"),
        "r + (F - 1)·S: that of the layer above, grown by the window's extent F at the effective stride S",
        "The region of the input that one unit sees. Per axis it has a size r, an effective stride S (how far"
        " apart the fields of neighbouring units stand) and an effective padding P (how far the first unit's"
        " field sticks out before the input); the layer's own stride multiplies S, and its padding adds"
        " padding·S to P (Araujo, Norris, Sim, Distill 2019). At a join it is the union of the branches, 'not"
        " aligned' where these disagree on stride or centre. After a global pool, a flatten or a fully"
        " connected layer it is the whole input.",
    ),
    "field_stride": Figure(
        "effective stride",
        ("stride", "jump"),
        "S·stride: that of the layer above, times the layer's own",
        "How many input positions lie between the receptive fields of neighbouring units.",
    ),
    "field_padding": Figure(
        "effective padding",
        ("padding",),
        "P + padding·S: that of the layer above, and the layer's own padding at the effective stride above",
        "How far the receptive field of the first unit sticks out before the input.",
    ),
    "leftover": Figure(
        "leftover",
        ("left_over", "remainder", "doesnt_fit"),
        "the remainder of (N - F + 2P)/S",
        "Rows or columns of the padded input that no window covers, because (N - F + 2P)/S + 1 is no whole"
        " number and is rounded down: it doesn't fit. --strict and 'rounding: exact' refuse it.",
    ),
    "inference_memory_bytes": Figure(
        "inference memory",
        ("inference_memory", "memory", "inference"),
        "bytes·(params + batch·the largest sum of activations alive at once)",
        "Bytes to run the network: its parameters, and the largest sum of activations alive at once when"
        " layers run in graph order and an output is freed after its last reader. In float32 unless told"
        " otherwise.",
    ),
    "training_memory_bytes": Figure(
        "training memory",
        ("training_memory", "training"),
        "bytes·(params + trainable·(1 + optimiser state) + batch·activations that backward reads)",
        "Bytes to train the network: its parameters, their gradients, what the optimiser keeps for each, and"
        " every activation that the backward pass reads, for a whole batch.",
    ),
}
"""Every figure by its key in the data formats."""


def figure_named(word: str) -> str | None:
    """Return the key of the figure that a word means; None for no figure."""
    name = word.strip().lower().replace("-", "_").replace(" ", "_").replace("'", "")
    also = (key for key, figure in FIGURES.items() if name in figure.also)
    return name if name in FIGURES else next(also, None)


def words() -> tuple[str, ...]:
    """Return every name of every figure."""
    return (*FIGURES, *(name for figure in FIGURES.values() for name in figure.also))
