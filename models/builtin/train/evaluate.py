"""Figures for the model card: retrieval on the held-out sets by student and converted model, beside the teachers and
baselines.

    python evaluate.py PHOTOS WORK

Runs on what train.py left in WORK. Copies are measured with the program itself (`likeness eval --copies`), binary codes
with preselection.py.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import load_file

import cache
from measure import company, precision_gain, retrieval, unit
from photos import split
from quantise import whole_features
from reference import Reference, bytes_of, data_folder, embeddings, open_upright
from student import TEACHERS, Student, in_parts, joined


# Classes of each set whose company is printed.
HARDEST = 9


def perceptual_hash(image: Image.Image) -> np.ndarray:
    """64 signs (-1, 1): the low frequencies of a 32 x 32 grey picture against their median."""
    grey = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS), dtype=np.float32)
    k, n = np.arange(8)[:, None], np.arange(32)[None, :]
    cosines = np.cos(np.pi * k * (2 * n + 1) / 64)
    low = (cosines @ grey @ cosines.T).ravel()
    return np.where(low > np.median(low[1:]), 1.0, -1.0).astype(np.float32)


def colour_histogram(image: Image.Image) -> np.ndarray:
    """512 colours, square roots of their shares: dot products are Bhattacharyya coefficients."""
    pixels = np.asarray(image.resize((64, 64), Image.Resampling.BOX)).reshape(-1, 3) // 32
    counts = np.bincount(pixels @ np.array([64, 8, 1]), minlength=512)
    return np.sqrt(counts / counts.sum()).astype(np.float32)


def student_of(file: Path) -> Student:
    state = torch.load(file, weights_only=True)
    student = Student(len(state["projection.bias"]))
    student.load_state_dict(state)
    return student


def main(laid_out: Path, work: Path) -> None:
    student = student_of(work / "student.pt")
    stored = load_file(work / "model" / "weights.safetensors")
    parts = split(laid_out, data_folder())
    for name in ("tests/caltech", "tests/scenes", "tests/flowers"):
        folder, photos = work / "cache" / name, parts[name]
        pictures = [open_upright(photo.path) for photo in photos]
        cache.trunks(folder / "trunks.npy", photos, 0)
        whole = embeddings(stored, whole_features(stored, bytes_of(pictures)))
        rows = {
            "perceptual hash": np.stack([perceptual_hash(picture) for picture in pictures]),
            "colour histogram": np.stack([colour_histogram(picture) for picture in pictures]),
            **{teacher: unit(np.load(folder / f"{teacher}.npy")) for teacher in TEACHERS},
            "joined teachers": unit(joined(folder)),
            "student": in_parts(student, np.load(folder / "trunks.npy", mmap_mode="r")[:, 0]),
            "model, f32": Reference(stored).embed(pictures),
            "model, int8": whole,
            "model, binary code of int8": np.where(whole > stored["code_threshold"], 1.0, -1.0).astype(np.float32),
        }
        labels = [photo.label for photo in photos]
        for kind, vectors in rows.items():
            precision, average = retrieval(vectors, labels)
            gain, error = precision_gain(whole, vectors, labels)
            figures = f"p@10 {precision:.3f} mAP {average:.3f}, int8 is better by {gain:+.3f} +- {error:.3f}"
            print(f"{name:16} {kind:28} {figures}", flush=True)
        for label, shares in list(company(whole, labels).items())[:HARDEST]:
            words = ", ".join(f"{100 * share:.0f} % {other}" for other, share in list(shares.items())[:3])
            print(f"{name:16} near {label}: {words}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
