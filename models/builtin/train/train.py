"""Trains what the built-in model has over EfficientNet-Lite2: everything from photos to STUDENT.pt.

    python train.py PHOTOS EVALUATION WORK

PHOTOS is what training_photos.py laid out, EVALUATION the evaluation data (its sets are only run through the networks here,
never learned from), WORK a folder for caches (5 GB) and results. Every stage keeps what it made and goes on after a stop.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch

import cache
import codes
from measure import retrieval, unit
from photos import SEED, split
from student import STUDENT, TEACHERS, Student, Targets, fine_tune, in_parts, joined, least_squares

DIMENSION = 512
# Changed pictures of each of the photos that are learned from; the others only serve the targets and to compare with.
VIEWS = 2
CHANGED = 8_000
STEPS = 1000
# Photos that the turn of the binary code is learned from.
TURNED = 4000


def main(laid_out: Path, evaluation: Path, work: Path) -> None:
    # Two threads that wait for one another are slower than one beside other programs.
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    parts = split(laid_out, evaluation)
    caches, training = work / "cache", work / "cache" / "training"
    tuning = {name: photos for name, photos in parts.items() if name.startswith("tuning")}
    for name, photos in parts.items():
        for teacher in TEACHERS:
            cache.features(caches / name, photos, teacher)
    for name, photos in tuning.items():
        cache.trunks(caches / name / "trunks.npy", photos, 0)
    cache.trunks(training / "trunks.npy", parts["training"][:CHANGED], VIEWS)

    def report(step, losses, student):
        figures = []
        for name, photos in tuning.items():
            embeddings = in_parts(student, np.load(caches / name / "trunks.npy", mmap_mode="r")[:, 0])
            figures.append("%s %.3f %.3f" % (name, *retrieval(embeddings, [photo.label for photo in photos])))
        print(time.strftime("%H:%M"), step, np.round(losses, 3), *figures, flush=True)

    rows = joined(training)
    goal = Targets.of(rows, DIMENSION)(rows)
    student = Student(DIMENSION)
    trunks = np.load(training / "trunks.npy", mmap_mode="r")
    plain = np.load(training / f"{STUDENT}.npy", mmap_mode="r")
    student.start_from(*first_projection(student, plain, trunks, goal))
    report(0, [], student)
    student = fine_tune(student, trunks, torch.from_numpy(goal), STEPS, report)
    with torch.no_grad():
        turn = torch.from_numpy(codes.turn(in_parts(student, trunks[-TURNED:, 0]), SEED))
        student.projection.weight.copy_(turn.T @ student.projection.weight)
        student.projection.bias.copy_(turn.T @ student.projection.bias)
    torch.save(student.state_dict(), work / "student.pt")


def first_projection(student, plain, trunks, goal) -> tuple[np.ndarray, np.ndarray]:
    """The linear map of lite2's own features, of unit length, that brings all photos and the changed views of some
    nearest to the photos' targets."""
    views = range(1, trunks.shape[1])
    features = np.concatenate([plain, *(in_parts(student.pooled, trunks[:, view]) for view in views)]).astype(np.float32)
    weight, bias = least_squares(unit(features), np.concatenate([goal, *(goal[: len(trunks)] for _ in views)]))
    # The network's features are not of unit length; their mean length stands for it.
    return weight / np.linalg.norm(features, axis=1).mean(), bias


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
