"""Writes a trained net as the file the product runs: convolutions with their norms folded in, weights of 16 bits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.kept import HEIGHT
from training.net import Beside, a_net, parts
from training.texts import SIGNS

_OPSET, _IR = 17, 8


class _Graph:
    """An ONNX graph that grows layer by layer."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def node(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def weight(self, values: NDArray[Any]) -> str:
        """Keep weights with 16 bits; they are made 32 again when the model is loaded."""
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values.astype(np.float16), name))
        return self.node("Cast", [name], to=TensorProto.FLOAT)

    def convolution(self, before: str, layer: Any, norm: Any | None) -> str:
        weights, bias = _folded(layer, norm)
        high, wide = layer.padding
        return self.node(
            "Conv",
            [before, self.weight(weights), self.weight(bias)],
            kernel_shape=list(layer.kernel_size), strides=list(layer.stride), pads=[high, wide, high, wide],
        )  # fmt: skip

    def layers(self, before: str, layers: Sequence[Any]) -> str:
        """Add layers one after the other; returns what the last one gives."""
        now = before
        for number, layer in enumerate(layers):
            kind = type(layer).__name__
            if isinstance(layer, Beside):
                now = self.node("Add", [now, self.layers(now, parts(layer))])
            elif kind == "Conv2d":
                after = layers[number + 1] if number + 1 < len(layers) else None
                now = self.convolution(now, layer, after if type(after).__name__ == "BatchNorm2d" else None)
            elif kind == "ReLU":
                now = self.node("Relu", [now])
        return now


def _folded(layer: Any, norm: Any | None) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return weights and bias of a convolution that does what it and the norm after it do."""
    weights = layer.weight.detach().numpy().astype(np.float64)
    bias = np.zeros(len(weights)) if layer.bias is None else layer.bias.detach().numpy().astype(np.float64)
    if norm is None:
        return weights, bias
    scale = norm.weight.detach().numpy() / np.sqrt(norm.running_var.numpy() + norm.eps)
    return weights * scale[:, None, None, None], (bias - norm.running_mean.numpy()) * scale + norm.bias.detach().numpy()


def begun(path: Path) -> Any:
    """Return the weights of a net that goes on from a file `export` wrote; its norms do nothing at first."""
    net = a_net(len(SIGNS))
    model = onnx.load(path)
    kept = [numpy_helper.to_array(one).astype(np.float32) for one in model.graph.initializer if one.name != "axes"]
    layers = [one for layer in parts(net) for one in (parts(layer) if isinstance(layer, Beside) else [layer])]
    for number, layer in enumerate(layers):
        if type(layer).__name__ != "Conv2d":
            continue
        after = layers[number + 1] if number + 1 < len(layers) else None
        weights, bias = (torch.from_numpy(kept.pop(0).copy()) for _ in range(2))
        layer.weight.data = weights
        if after is not None and type(after).__name__ == "BatchNorm2d":
            after.bias.data = bias
            after.running_var.fill_(1 - after.eps)
        else:
            layer.bias.data = bias
    return net.state_dict()


def blend(path: Path, before: bytes, part: float) -> None:
    """Make the weights of a file so far its own, and else those of the one it went on from.

    A net that learns something more for a short time forgets a little of what it knew; between both it knows most
    (Wortsman and others, Robust fine-tuning of zero-shot models, 2022).
    """
    model = onnx.load(path)
    old = {one.name: numpy_helper.to_array(one) for one in onnx.load_model_from_string(before).graph.initializer}
    for one in model.graph.initializer:
        values = numpy_helper.to_array(one)
        if values.dtype == np.float16:
            mixed = part * values.astype(np.float32) + (1 - part) * old[one.name].astype(np.float32)
            one.CopyFrom(numpy_helper.from_array(mixed.astype(np.float16), one.name))
    path.write_bytes(model.SerializeToString(deterministic=True))


def export(net: Any, path: Path) -> None:
    """Write a net: from `x` of (1, 1, 32, width), 0 white and 1 black, to `steps` of (width / 4, signs + 1).

    Each row adds up to 1. The signs are told by the file itself, as `signs`; the blank of CTC is column 0.
    """
    graph = _Graph()
    logits = graph.layers("x", parts(net))
    rows = graph.node("Transpose", [graph.node("Squeeze", [logits, _axes(graph)])], perm=[1, 0])
    graph.nodes.append(helper.make_node("Softmax", [rows], ["steps"], axis=1))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "figures",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, HEIGHT, "width"])],
            [helper.make_tensor_value_info("steps", TensorProto.FLOAT, ["steps", len(SIGNS) + 1])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR,
        producer_name="formsvc training",
    )
    helper.set_model_props(model, {"signs": SIGNS})
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _axes(graph: _Graph) -> str:
    graph.weights.append(numpy_helper.from_array(np.array([0, 2], np.int64), "axes"))
    return "axes"


def export_weights(weights: Path, path: Path) -> None:
    """Write the net whose weights stand in a file."""
    net = a_net(len(SIGNS))
    net.load_state_dict(torch.load(weights))
    net.eval()
    export(net, path)
