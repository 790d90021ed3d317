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
        fit(CACHE / "lines", weights, minutes=given.minutes, seed=given.seed, begin=given.begin)
        maker.kill()
        import_module("training.export").export_weights(weights, given.model)
    for name, (right, of) in (
        import_module("training.check").checked(given.model, load(held_out=True), given.check).items()
    ):
        print(f"{name:<24} {100 * right / of:5.1f} % of {of}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the recogniser of figures, dates and addresses.")
    parser.add_argument("--minutes", type=float, default=45, help="of training, by the clock")
    parser.add_argument("--files", type=int, default=40, help="of 4,000 lines each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", type=Path, help="weights to go on from")
    parser.add_argument("--check", type=int, default=300, help="lines of each kind and style to check on")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--only-check", action="store_true", help="check the model that is there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
