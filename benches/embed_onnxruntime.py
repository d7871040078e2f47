"""The same network in ONNX Runtime, beside ours, in f32 and in whole numbers: same machine, same threads, turn about.

    python benches/embed_onnxruntime.py PHOTOS

Exports the network in models/builtin/weights.safetensors to ONNX, has ONNX Runtime make its int8 form of it (static, QDQ,
a scale for each channel; calibrated on 64 photos of the folder PHOTOS), then lets ONNX Runtime and our bench run in
turns, each in a process of its own. Peak memory is the process's, with its language and its libraries.
Needs torch, numpy, pillow, safetensors, onnx and onnxruntime.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parents[1]
BUILTIN = ROOT / "models" / "builtin"
sys.path.insert(0, str(BUILTIN))

from reference import SIDE, bytes_of, open_upright, real_features, real_weights  # noqa: E402

TURNS = 5
ROUNDS = 20
CALIBRATION_PHOTOS = 64

# Run in a process of its own, for its memory.
THEIRS = """
import json, statistics, sys, time
import numpy, onnxruntime
path, side, threads, batch, rounds = sys.argv[1], *map(int, sys.argv[2:])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
pictures = numpy.random.default_rng(1).normal(size=(batch, 3, side, side)).clip(-1, 1).astype(numpy.float32)
times = []
for _ in range(rounds + 2):
    started = time.perf_counter()
    session.run(None, {"pictures": pictures})
    times.append((time.perf_counter() - started) * 1e3 / batch)
times = sorted(times[2:])
peak = next(int(line.split()[1]) / 1e3 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"median_ms": statistics.median(times), "best_ms": times[0], "peak_mb": peak}))
"""


class Features(torch.nn.Module):
    """The network up to the pooled features, of normalised pictures."""

    def __init__(self):
        super().__init__()
        self.weights = real_weights(load_file(BUILTIN / "weights.safetensors"))

    def forward(self, pictures):
        return real_features(self.weights, pictures)


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


def quantise(network: Path, to: Path, folder: Path) -> None:
    """ONNX Runtime's own int8 form."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self):
            pictures = bytes_of([open_upright(path) for path in sorted(folder.iterdir())[:CALIBRATION_PHOTOS]]).numpy()
            self.pictures = iter((pictures.astype(np.float32) - 127) / 128)

        def get_next(self):
            picture = next(self.pictures, None)
            return None if picture is None else {"pictures": picture[None]}

    prepared = to.with_suffix(".prepared.onnx")
    quant_pre_process(str(network), str(prepared))
    quantize_static(
        str(prepared),
        str(to),
        Reader(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
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


def measured(command: list) -> dict[str, float]:
    return json.loads(subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--turns", type=int, default=TURNS)
    arguments = parser.parse_args()
    program = our_program()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        networks = {"f32": folder / "f32.onnx", "int8": folder / "int8.onnx"}
        export(networks["f32"])
        quantise(networks["f32"], networks["int8"], arguments.photos)
        print(f"ms per photo, medians of {arguments.turns} turns of {ROUNDS} (best), peak MB of the process")
        for numbers in ("f32", "int8"):
            for threads, batch in [(1, 1), (1, 16), (2, 16)]:
                size = [threads, batch, ROUNDS]
                commands = {
                    "Likeness": [program, numbers, *size],
                    "ONNX Runtime": [sys.executable, "-c", THEIRS, networks[numbers], SIDE, *size],
                }
                turns = {name: [] for name in commands}
                for _ in range(arguments.turns):
                    for name, command in commands.items():
                        turns[name].append(measured(command))
                medians = {name: statistics.median(turn["median_ms"] for turn in all) for name, all in turns.items()}
                words = ", ".join(
                    f"{name} {medians[name]:.2f} ({min(turn['best_ms'] for turn in all):.2f}), {all[0]['peak_mb']:.0f} MB"
                    for name, all in turns.items()
                )
                ratio = medians["Likeness"] / medians["ONNX Runtime"]
                print(f"{numbers}, {threads} threads, batch {batch:2}: {words}, ratio {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
