"""Trains the net on lines as they come: files of lines are read as soon as they are there."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.export import begun
from training.kept import STEP, Line, read
from training.net import a_net, averaged
from training.texts import SIGNS

BATCH, WIDTH_UNIT = 48, 16
"""Lines of a batch, and what their common width is a multiple of."""
_LEGIBLE = 0.9
"""The part of a batch that is learnt from: the lines read worst may be worn beyond reading."""
_SHARE = 40
"""Batches that a process learns from by itself before the weights of all are averaged."""
_KEEP = 240.0
"""Seconds between two files of the weights as they are."""
_PATIENCE = 600
"""Seconds to wait for the first lines."""
_POOL = 4
"""Files of lines whose lines are mixed."""


@dataclass(frozen=True)
class Task:
    """What the processes that train have to do."""

    processes: int
    meeting: Path
    """A file by which they find each other."""
    folder: Path
    out: Path
    minutes: float
    seed: int
    begin: Path | None
    """Weights, or the model, to go on from."""
    rate: float
    """Of learning, at its highest."""


def columns_of(text: str) -> list[int]:
    """Return the columns of a text's signs; 0 is the blank of CTC."""
    return [SIGNS.index(sign) + 1 for sign in text]


def stacked(batch: Sequence[Line]) -> Any:
    """Return lines as one tensor: 0 is white paper, 1 black ink."""
    width = -(-max(line.picture.shape[1] for line in batch) // WIDTH_UNIT) * WIDTH_UNIT
    pixels = np.full((len(batch), 1, batch[0].picture.shape[0], width), 255, np.uint8)
    for number, line in enumerate(batch):
        pixels[number, 0, :, : line.picture.shape[1]] = line.picture
    return torch.from_numpy(1 - pixels.astype(np.float32) / 255)


def fit(
    folder: Path,
    out: Path,
    *,
    minutes: float,
    rate: float,
    seed: int = 0,
    processes: int = 2,
    begin: Path | None = None,
) -> None:
    """Train for so many minutes of the clock, in some processes that learn as one; write the averaged weights."""
    with tempfile.TemporaryDirectory() as meeting:
        task = Task(processes, Path(meeting) / "meeting", folder, out, minutes, seed, begin, rate)
        torch.multiprocessing.spawn(_worker, (task,), nprocs=processes)


def _worker(number: int, task: Task) -> None:
    """Train as one of some processes; the first one tells how much of the time is gone and writes the weights."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        "gloo", init_method=task.meeting.as_uri(), rank=number, world_size=task.processes
    )
    torch.manual_seed(task.seed)
    net = a_net(len(SIGNS)).to(memory_format=torch.channels_last)
    if task.begin is not None:
        net.load_state_dict(begun(task.begin) if task.begin.suffix == ".onnx" else torch.load(task.begin))
    mean = averaged(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=task.rate, weight_decay=0.01)
    torch.manual_seed(task.seed + 1000 * number)
    begin = kept = time.monotonic()
    losses: list[float] = []
    net.train()
    for count, batch in enumerate(_batches(task.folder, task.seed + number)):
        gone = (time.monotonic() - begin) / (60 * task.minutes)
        losses.append(_step(net, optimiser, batch, task.rate * _part(gone)))
        if (count + 1) % _SHARE:
            continue
        is_over = _shared(net, task.processes, is_over=gone >= 1)
        if number == 0:
            mean.update_parameters(net)
            print(
                f"{60 * task.minutes * gone:6.0f} s {count + 1:6} steps loss {np.mean(losses[-_SHARE:]):.4f}",
                flush=True,
            )
            if time.monotonic() - kept > _KEEP or is_over:
                kept = time.monotonic()
                torch.save(mean.module.state_dict(), task.out)
        if is_over:
            break
    torch.distributed.destroy_process_group()


def _shared(net: Any, processes: int, *, is_over: bool) -> bool:
    """Make the weights of all processes their average; returns whether any of them is over."""
    values = [one for one in net.state_dict().values() if one.is_floating_point()]
    joined = torch.cat([*(one.reshape(-1) for one in values), torch.tensor([float(is_over)])])
    torch.distributed.all_reduce(joined)
    at = 0
    for one in values:
        one.copy_(joined[at : at + one.numel()].view(one.shape) / processes)
        at += one.numel()
    return bool(joined[-1] > 0)


def _part(gone: float) -> float:
    """Return the part of the rate of learning: it rises for a twentieth of the time and falls as a cosine."""
    rise = 0.05
    return gone / rise + 0.003 if gone < rise else 0.5 + 0.5 * np.cos(np.pi * (gone - rise) / (1 - rise))


def _step(net: Any, optimiser: Any, batch: Sequence[Line], rate: float) -> float:
    """Learn from one batch; returns its loss."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(_shaken(stacked(batch)).to(memory_format=torch.channels_last))
    logs = functional.log_softmax(logits.float().squeeze(2).permute(2, 0, 1), dim=2)
    targets = [columns_of(line.text) for line in batch]
    lengths = torch.tensor([len(target) for target in targets])
    losses = functional.ctc_loss(
        logs,
        torch.tensor(list(itertools.chain(*targets))),
        torch.tensor([-(-line.picture.shape[1] // STEP) for line in batch]),
        lengths,
        reduction="none",
        zero_infinity=True,
    )
    kept = torch.sort(losses / lengths).values[: round(_LEGIBLE * len(batch))]
    loss = kept.mean()
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
    optimiser.step()
    return float(loss.detach())


def _shaken(pictures: Any) -> Any:
    """Change lines a little, so that one seen again is not the same: darkness, noise, a pixel up or down."""
    count = len(pictures)
    power = torch.exp(0.35 * torch.randn(count, 1, 1, 1))
    shaken = pictures.clamp(min=1e-4) ** power * (0.75 + 0.25 * torch.rand(count, 1, 1, 1))
    shaken = shaken + 0.03 * torch.rand(count, 1, 1, 1) * torch.randn_like(shaken)
    return torch.roll(shaken, shifts=int(torch.randint(-1, 2, ())), dims=2)


def _batches(folder: Path, seed: int) -> Iterator[list[Line]]:
    """Yield batches of lines of about one width for ever; files not used yet come first."""
    wait = _PATIENCE
    chance = np.random.default_rng(seed)
    times: dict[Path, int] = {}
    while True:
        paths = sorted(folder.glob("*.npz"))
        if not paths:
            time.sleep(1)
            wait -= 1
            if wait <= 0:
                raise SystemExit(f"no lines in {folder}")
            continue
        order = sorted(paths, key=lambda path: (times.get(path, 0), chance.random()))
        pool: list[Line] = []
        for path in order[: min(_POOL, 1 + len(times) // 2)]:
            times[path] = times.get(path, 0) + 1
            pool += read(path)
        yield from _mixed(pool, chance)


def _mixed(pool: Sequence[Line], chance: np.random.Generator) -> Iterator[list[Line]]:
    widths = np.array([line.picture.shape[1] for line in pool]) * np.exp(chance.normal(0, 0.12, len(pool)))
    order = np.argsort(widths)
    groups: list[NDArray[np.intp]] = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    for number in chance.permutation(len(groups)):
        yield [pool[one] for one in groups[number]]
