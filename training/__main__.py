"""Makes the second recogniser anew: `python -m training`. Needs torch and onnx, which nothing else here does."""

from __future__ import annotations

import argparse
import multiprocessing
from importlib import import_module
from pathlib import Path

from training.faces import CACHE, load
from training.lines import make_missing

MODEL = Path(__file__).resolve().parents[1] / "formsvc" / "extraction" / "scan" / "recognition" / "figures.onnx"


def main() -> None:
    """Make lines in a process beside, train on them as they come, write the model and check it on faces held out."""
    given = _arguments()
    weights = CACHE / "figures.pt"
    if not given.only_check:
        given_to = (CACHE / "lines", given.files)
        maker = multiprocessing.get_context("spawn").Process(target=make_missing, args=given_to, daemon=True)
        maker.start()
        # torch is imported by those who train alone.
        fit = import_module("training.fit").fit
        fit(CACHE / "lines", weights, minutes=given.minutes, seed=given.seed, begin=given.begin, rate=given.rate)
        maker.kill()
        export = import_module("training.export")
        before = given.begin.read_bytes() if given.blend < 1 else None
        export.export_weights(weights, given.model)
        if before is not None:
            export.blend(given.model, before, given.blend)
    for name, (right, of) in (
        import_module("training.check").checked(given.model, load(held_out=True), given.check).items()
    ):
        print(f"{name:<24} {100 * right / of:5.1f} % of {of}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the recogniser of figures, dates and addresses.")
    parser.add_argument("--minutes", type=float, default=45, help="of training, by the clock")
    parser.add_argument("--files", type=int, default=40, help="of 4,000 lines each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", type=Path, help="weights (.pt) or a model (.onnx) to go on from")
    parser.add_argument("--rate", type=float, default=3e-3, help="of learning, at its highest")
    parser.add_argument("--blend", type=float, default=1.0, help="how much of the new weights beside those of --begin")
    parser.add_argument("--check", type=int, default=300, help="lines of each kind and style to check on")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--only-check", action="store_true", help="check the model that is there")
    given = parser.parse_args()
    if given.blend < 1 and (given.begin is None or given.begin.suffix != ".onnx"):
        parser.error("--blend needs a model to --begin with")
    return given


if __name__ == "__main__":
    main()
