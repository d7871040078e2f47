"""Figures for the model card: retrieval on the held-out sets beside the teachers and baselines, and binary codes.

    python evaluate.py STUDENT.pt CACHE PHOTOS EVALUATION

Runs on the caches that train.py made. Copies among distractors are measured with the program itself: `likeness eval --copies`.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import cache
from measure import retrieval, unit
from photos import split
from reference import open_upright
from student import TEACHERS, Student, in_parts, joined


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


def main(student_file: Path, caches: Path, laid_out: Path, evaluation: Path) -> None:
    state = torch.load(student_file, weights_only=True)
    student = Student(len(state["projection.bias"]))
    student.load_state_dict(state)
    parts = split(laid_out, evaluation)
    many = in_parts(student, np.load(caches / "training" / "trunks.npy", mmap_mode="r")[:, 0])
    median = np.median(many, axis=0)
    for name in ("tests/caltech", "tests/scenes", "tests/flowers"):
        labels = [photo.label for photo in parts[name]]
        pictures = [open_upright(photo.path) for photo in parts[name]]
        cache.trunks(caches / name / "trunks.npy", parts[name], 0)
        embeddings = in_parts(student, np.load(caches / name / "trunks.npy", mmap_mode="r")[:, 0])
        rows = {
            "perceptual hash": np.stack([perceptual_hash(picture) for picture in pictures]),
            "colour histogram": np.stack([colour_histogram(picture) for picture in pictures]),
            **{teacher: unit(np.load(caches / name / f"{teacher}.npy")) for teacher in TEACHERS},
            "joined teachers": unit(joined(caches / name)),
            "student": embeddings,
            "student, binary code": np.where(embeddings > median, 1.0, -1.0).astype(np.float32),
        }
        for kind, vectors in rows.items():
            precision, average = retrieval(vectors, labels)
            print(f"{name:16} {kind:24} p@10 {precision:.3f} mAP {average:.3f}", flush=True)

    questions = many[:500]
    nearest = np.argsort(-(questions @ many.T), axis=1)[:, 1:11]
    bits = np.where(many > median, 1, -1).astype(np.float32)
    order = np.argsort(-(bits[:500] @ bits.T), axis=1, kind="stable")
    for wide in (100, 200, 500, 1000):
        inside = np.mean([np.isin(near, row[:wide]).mean() for near, row in zip(nearest, order)])
        print(f"of the true nearest 10 of {len(many)}, inside the nearest {wide} by code: {inside:.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
