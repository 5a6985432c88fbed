"""How the weights of a file become those of a model and the other way, as it stands in each source."""

from __future__ import annotations

WEIGHTS: dict[str, tuple[tuple[str, ...], str]] = {
    "weights_of": (
        (),
        '''
def weights_of(model: keras.Model) -> Iterator[tuple[str, keras.Variable, bool]]:
    """Yield each of a model's weights with its name in files, and whether it is a depthwise kernel."""
    words = {"kernel": "weight", "gamma": "weight", "beta": "bias", "alpha": "weight"}
    words |= {"moving_mean": "running_mean", "moving_variance": "running_var"}
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from weights_of(layer)
            continue
        depthwise = isinstance(layer, layers.DepthwiseConv1D | layers.DepthwiseConv2D)
        for each in layer.weights:
            role = words.get(each.name, each.name)
            yield f"{layer.name}.{role}", each, depthwise and each.name == "kernel"
''',
    ),
    "load": (
        ("weights_of",),
        '''
def load(model: keras.Model, file: str) -> None:
    """Take weights from a .npz or .safetensors file with PyTorch's layouts and names, `layer.weight`."""
    if file.endswith(".safetensors"):
        from safetensors.numpy import load_file  # noqa: PLC0415

        stored = load_file(file)
    else:
        stored = dict(np.load(file))
    found = {name.replace("_.", ".").replace(".", "_"): tensor for name, tensor in stored.items()}
    found |= {name.replace(".", "_"): tensor for name, tensor in stored.items()}
    missing = [name for name, *_ in weights_of(model) if name.replace(".", "_") not in found]
    if missing:
        raise KeyError(f"{file} lacks {', '.join(missing)}")
    for name, variable, depthwise in weights_of(model):
        tensor = found[name.replace(".", "_")]
        if depthwise:
            tensor = np.moveaxis(tensor.reshape(*variable.shape[-2:], *tensor.shape[2:]), (0, 1), (-2, -1))
        elif variable.name == "kernel":
            tensor = np.moveaxis(tensor, (0, 1), (-1, -2))
        elif variable.name in ("gamma", "beta"):
            tensor = np.moveaxis(tensor, 0, -1)
        variable.assign(tensor.reshape(variable.shape))
''',
    ),
    "save": (
        ("weights_of",),
        '''
def save(model: keras.Model, file: str) -> None:
    """Write weights to a .npz file with PyTorch's layouts, for `cnnstat run --weights` and `load`."""
    stored = {}
    for name, variable, depthwise in weights_of(model):
        tensor = keras.ops.convert_to_numpy(variable)
        if depthwise:
            tensor = np.moveaxis(tensor, (-2, -1), (0, 1))
            tensor = tensor.reshape(-1, 1, *tensor.shape[2:])
        elif variable.name == "kernel":
            tensor = np.moveaxis(tensor, (-1, -2), (0, 1))
        elif variable.name in ("gamma", "beta"):
            tensor = np.moveaxis(tensor, -1, 0)
        elif variable.name == "alpha":
            tensor = tensor.reshape(-1)
        stored[name] = tensor
    np.savez(file, **stored)
''',
    ),
}
