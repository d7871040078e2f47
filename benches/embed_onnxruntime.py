"""The same network in ONNX Runtime, beside ours: same machine, same threads, same batch, turn about.

    cargo bench -p likeness-benches --bench embed_batch --no-run
    python benches/embed_onnxruntime.py

Exports the authors' network to ONNX (f32, without its classifier), then lets ONNX Runtime and our bench run in turns,
each in its own process time. Needs what models/builtin/reference.py needs, and onnx and onnxruntime.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "models" / "builtin"))

from reference import SIDE, load_network  # noqa: E402

TURNS = 5
ROUNDS = 20


class Features(torch.nn.Module):
    """The network up to the pooled features."""

    def __init__(self):
        super().__init__()
        self.network = load_network()

    def forward(self, pictures):
        return self.network.extract_features(pictures).mean(dim=(2, 3))


def export(path: Path) -> None:
    torch.onnx.export(
        Features().eval(),
        (torch.zeros(1, 3, SIDE, SIDE),),
        str(path),
        input_names=["pictures"],
        output_names=["features"],
        dynamic_axes={"pictures": {0: "photos"}, "features": {0: "photos"}},
        dynamo=False,
    )


def our_program() -> str:
    """The bench as cargo builds it."""
    command = ["cargo", "bench", "-p", "likeness-benches", "--bench", "embed_batch", "--no-run"]
    told = subprocess.run([*command, "--message-format=json"], cwd=ROOT, check=True, capture_output=True, text=True)
    artifacts = (json.loads(line) for line in told.stdout.splitlines())
    return next(
        artifact["executable"]
        for artifact in artifacts
        if artifact.get("target", {}).get("name") == "embed_batch" and artifact.get("executable")
    )


def onnxruntime_ms(path: Path, threads: int, batch: int) -> list[float]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    pictures = np.random.default_rng(1).normal(size=(batch, 3, SIDE, SIDE)).astype(np.float32)
    times = []
    for turn in range(ROUNDS + 2):
        started = time.perf_counter()
        session.run(None, {"pictures": pictures})
        if turn >= 2:
            times.append((time.perf_counter() - started) * 1e3 / batch)
    return times


def our_ms(program: str, threads: int, batch: int) -> dict[str, float]:
    told = subprocess.run([program, str(threads), str(batch), str(ROUNDS)], check=True, capture_output=True, text=True)
    return json.loads(told.stdout)


def main() -> None:
    program = our_program()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        export(path)
        print(f"ms per photo, medians of {TURNS} turns of {ROUNDS}, (best); ONNX Runtime {onnxruntime.__version__}")
        for threads, batch in [(1, 1), (1, 16), (2, 16)]:
            ours, theirs = [], []
            for _ in range(TURNS):
                ours.append(our_ms(program, threads, batch))
                theirs.append(onnxruntime_ms(path, threads, batch))
            our_median = statistics.median(turn["median_ms"] for turn in ours)
            our_best = min(turn["best_ms"] for turn in ours)
            their_median = statistics.median(statistics.median(turn) for turn in theirs)
            their_best = min(min(turn) for turn in theirs)
            print(
                f"{threads} threads, batch {batch:2}: Likeness {our_median:.2f} ({our_best:.2f}), "
                f"ONNX Runtime {their_median:.2f} ({their_best:.2f}), ratio {our_median / their_median:.2f}"
            )


if __name__ == "__main__":
    main()
