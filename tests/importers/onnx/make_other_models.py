"""Make the stored models of Keras (by tf2onnx) and of Paddle, weights stripped.

    python -m tests.importers.onnx.make_other_models keras
    python -m tests.importers.onnx.make_other_models paddle

Made with tensorflow 2.21.0, keras 3.15.1, tf2onnx 1.17.0; paddlepaddle 3.3, paddle2onnx 2.1.
Each in an environment of its own, which needs onnx beside these. `params` are what the library says are
trained. Keras has no counter of multiply-adds: they are those of the kernels of its layers at each place of
the output, as they are of Paddle's, whose own counter counts more than that (`paddle.flops`).

tf2onnx lays a batch norm into the convolution before it where that has no bias, so that one number for each
map is left of two: `folded` says how many trained numbers are in no layer of the file for that, less those of
EfficientNet's first layer, mean and deviation of each colour, which are stored as any others.
"""

from __future__ import annotations

import json
import sys
import tempfile
from math import prod
from pathlib import Path
from typing import Any

from tests.importers.onnx.stripped import strip

MODELS = Path(__file__).parent / "models"
OPSET = 18
KERAS: dict[str, tuple[str, dict[str, Any]]] = {
    "keras-mobilenet-v2": ("MobileNetV2", {"input_shape": (96, 96, 3), "alpha": 0.35}),
    "keras-resnet50": ("ResNet50", {"input_shape": (64, 64, 3)}),
    "keras-efficientnet-b0": ("EfficientNetB0", {"input_shape": (64, 64, 3)}),
    "keras-densenet121": ("DenseNet121", {"input_shape": (64, 64, 3)}),
}
PADDLE: dict[str, tuple[str, dict[str, Any]]] = {
    "paddle-resnet18": ("resnet18", {}),
    "paddle-mobilenet-v2": ("mobilenet_v2", {"scale": 0.5}),
    "paddle-mobilenet-v3": ("mobilenet_v3_small", {"scale": 0.5}),
}


def of_keras(kind: str, options: dict[str, Any], path: Path) -> dict[str, Any]:
    """Write a network of Keras' with numbers that are all different; return what Keras says of it."""
    import keras
    import numpy as np
    import onnx
    import tensorflow as tf
    import tf2onnx

    keras.utils.clear_session()
    model = getattr(keras.applications, kind)(weights=None, **options)
    rng = np.random.default_rng(0)
    for weight in model.weights:
        numbers = rng.standard_normal(weight.shape).astype("float32") * 0.1
        weight.assign(abs(numbers) + 0.5 if "variance" in weight.path else numbers)
    signature = [tf.TensorSpec((1, *model.input.shape[1:]), tf.float32, name="input")]
    function = tf.function(lambda x: model(x, training=False), input_signature=signature)
    made, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=OPSET)
    onnx.save(made, path)
    trained = sum(prod(weight.shape) for weight in model.trainable_weights)
    macs = folded = 0
    for layer in model.layers:
        if type(layer).__name__ in ("Conv2D", "DepthwiseConv2D"):
            macs += prod(layer.output.shape[1:3]) * prod(layer.kernel.shape)
        elif type(layer).__name__ == "Dense":
            macs += prod(layer.kernel.shape)
        elif type(layer).__name__ == "BatchNormalization":
            before = layer._inbound_nodes[0].parent_nodes[0].operation
            if type(before).__name__ == "Conv2D" and not before.use_bias:
                folded += layer.output.shape[-1]
        elif type(layer).__name__ == "Normalization":
            folded -= 2 * layer.output.shape[-1]
    outputs = [list(each.shape[1:]) for each in model.outputs]
    return {"params": trained, "folded": folded, "macs": macs, "outputs": outputs}


def of_paddle(kind: str, options: dict[str, Any], path: Path) -> dict[str, Any]:
    """Write a network of Paddle's; return what Paddle says of it."""
    import paddle

    model = getattr(paddle.vision.models, kind)(**options)
    model.eval()
    for parameter in model.parameters():
        parameter.set_value(paddle.randn(parameter.shape) * 0.1)
    for name, buffer in model.named_buffers():
        if name.endswith(("_mean", "_variance")):
            buffer.set_value(paddle.rand(buffer.shape) + 0.5)
    macs = [0]

    def convolved(layer: Any, _: Any, y: Any) -> None:
        macs[0] += prod(y.shape[1:]) * prod(layer.weight.shape[1:])

    def multiplied(layer: Any, _: Any, y: Any) -> None:
        macs[0] += prod(layer.weight.shape)

    for layer in model.sublayers():
        if isinstance(layer, paddle.nn.Conv2D):
            layer.register_forward_post_hook(convolved)
        elif isinstance(layer, paddle.nn.Linear):
            layer.register_forward_post_hook(multiplied)
    shape = [1, 3, 64, 64]
    y = model(paddle.randn(shape))
    counted = macs[0]  # the export calls the layers again
    spec = [paddle.static.InputSpec(shape, "float32", "x")]
    paddle.onnx.export(model, str(path.with_suffix("")), input_spec=spec, opset_version=OPSET)
    trained = sum(prod(each.shape) for each in model.parameters() if not each.stop_gradient)
    return {"params": trained, "macs": counted, "outputs": [list(y.shape[1:])]}


def main(library: str) -> None:
    """Make the models of a library."""
    path = MODELS / "figures.json"
    figures = json.loads(path.read_text())
    networks, make = (KERAS, of_keras) if library == "keras" else (PADDLE, of_paddle)
    for name, (kind, options) in networks.items():
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder, "model.onnx")
            figures[name] = make(kind, options, whole)
            strip(whole, MODELS / f"{name}.onnx")
        print(name, figures[name], (MODELS / f"{name}.onnx").stat().st_size, flush=True)
        path.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
