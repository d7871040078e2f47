"""Figures for the model card: retrieval on the held-out sets, copies among distractors, binary codes, each beside baselines.

    python evaluate.py STUDENT.pt CACHE PHOTOS EVALUATION

Runs on the caches that train.py made. The distractors are training photos; which of them the student has seen, train.py says.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from cache import CUT
from copies import COPIES, MILD, recall
from measure import retrieval, unit
from network import Student
from photos import split
from reference import open_upright
from student import joined

DISTRACTORS = 20_000


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


def main(student_file: Path, cache: Path, laid_out: Path, evaluation: Path) -> None:
    torch.set_num_threads(1)
    student = Student()
    student.load_state_dict(torch.load(student_file, weights_only=True))
    parts = split(laid_out, evaluation)

    def embedded(part, last=0):
        return student.embed_lower(np.load(cache / part / "lower.npy", mmap_mode="r")[-last:], CUT)

    def features(part, name, last=0):
        return unit(np.load(cache / part / f"{name}.npy", mmap_mode="r")[-last:])

    many = embedded("training", DISTRACTORS)
    median = np.median(many, axis=0)
    for name in ("tests/caltech", "tests/scenes", "tests/flowers"):
        labels = [photo.label for photo in parts[name]]
        pictures = [open_upright(photo.path) for photo in parts[name]]
        embeddings = embedded(name)
        codes = np.where(embeddings > median, 1.0, -1.0)
        rows = {
            "perceptual hash": np.stack([perceptual_hash(picture) for picture in pictures]),
            "colour histogram": np.stack([colour_histogram(picture) for picture in pictures]),
            "lite0": features(name, "lite0"),
            "lite1": features(name, "lite1"),
            "lite2": features(name, "lite2"),
            "joined teachers": unit(joined(cache / name)),
            "student": embeddings,
            "student, 256-bit code": codes.astype(np.float32),
        }
        for kind, vectors in rows.items():
            precision, average = retrieval(vectors, labels)
            print(f"{name:16} {kind:24} p@10 {precision:.3f} mAP {average:.3f}", flush=True)

    part = "tests/captioned"
    done = int((cache / part / "copies.done").read_text())
    print(f"copies of {done} photos among {len(parts[part])} originals and {DISTRACTORS} distractors, recall@1: student, lite0")
    originals, old = embedded(part), features(part, "lite0")
    rivals = np.concatenate([many, originals[done:]])
    old_rivals = np.concatenate([features("training", "lite0", DISTRACTORS), old[done:]])
    changed = np.load(cache / part / "copies.npy", mmap_mode="r")
    changed_old = np.load(cache / part / "copies-lite0.npy", mmap_mode="r")
    found = []
    for number, name in enumerate(COPIES):
        new = recall(originals[:done], student.embed_lower(changed[:done, number], CUT), rivals)
        before = recall(old[:done], unit(changed_old[:done, number]), old_rivals)
        found.append((new, before))
        print(f"{'mild' if name in MILD else 'strong':7} {name:24} {new:.3f} {before:.3f}", flush=True)
    print("mild  ", np.mean(found[: len(MILD)], axis=0).round(4))
    print("strong", np.mean(found[len(MILD) :], axis=0).round(4))

    questions = originals[:500]
    similarity = questions @ many.T
    nearest = np.argsort(-similarity, axis=1)[:, :10]
    bits = np.where(many > median, 1, -1).astype(np.float32)
    order = np.argsort(-(np.where(questions > median, 1, -1).astype(np.float32) @ bits.T), axis=1, kind="stable")
    for wide in (100, 200, 500, 1000):
        inside = np.mean([np.isin(near, row[:wide]).mean() for near, row in zip(nearest, order)])
        print(f"of the true nearest 10 of {DISTRACTORS}, inside the nearest {wide} by code: {inside:.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
