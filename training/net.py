"""The recogniser: some convolutions that see strokes, then some along the line that see neighbours, a sign a step.

It is written with torch's own layers alone, so that `export` can write it as an ONNX file layer by layer.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

WIDTHS = (16, 32, 64, 112, 224)


class Beside(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """What the neighbours along the line add to each step."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = _layer(width, width, (1, 5))

    def forward(self, steps: Any) -> Any:
        """Return the steps with what was added."""
        return steps + self.layers(steps)


def a_net(signs: int) -> Any:
    """Return a net for so many signs; it turns pictures (n, 1, 32, width) into logits (n, signs + 1, 1, width / 4)."""
    first, second, third, fourth, fifth = WIDTHS
    return nn.Sequential(
        *_layer(1, first, (3, 3), (2, 2)),
        *_layer(first, second, (3, 3), (2, 1)),
        *_layer(second, third, (3, 3), (1, 2)),
        *_layer(third, third, (3, 3)),
        *_layer(third, fourth, (3, 3), (2, 1)),
        *_layer(fourth, fourth, (3, 3)),
        *_layer(fourth, fifth, (4, 1), (4, 1)),
        Beside(fifth),
        Beside(fifth),
        Beside(fifth),
        nn.Dropout(0.1),
        nn.Conv2d(fifth, signs + 1, 1),
    )


def _layer(before: int, after: int, kernel: tuple[int, int], stride: tuple[int, int] = (1, 1)) -> Any:
    padding = (0, 0) if kernel == stride else (kernel[0] // 2, kernel[1] // 2)
    if kernel == (4, 1):
        padding = (0, 0)
    return nn.Sequential(
        nn.Conv2d(before, after, kernel, stride, padding, bias=False), nn.BatchNorm2d(after), nn.ReLU()
    )


def parts(net: Any) -> list[Any]:
    """Return the layers of a net in their order, `Beside` whole and everything else taken apart."""
    found: list[Any] = []
    for layer in net.children():
        found += [layer] if isinstance(layer, Beside) or not list(layer.children()) else parts(layer)
    return found


def averaged(net: Any) -> Any:
    """Return the running average of a net's weights, which reads better than its last ones."""
    return torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.8), use_buffers=True
    )
