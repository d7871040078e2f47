"""Trains what the built-in model has over EfficientNet-Lite2: everything from photos to the files of a model.

    python train.py PHOTOS WORK

PHOTOS is what training_photos.py laid out; LIKENESS_DATA names the evaluation data, whose sets are only run through the
networks here, never learned from. WORK is a folder for caches (1 GB), the student in PyTorch (student.pt) and the model
(model/). Every stage keeps what it made and goes on after a stop; figures come last.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch

import cache
import codes
import convert
import evaluate
from measure import retrieval, unit
from photos import SEED, Photo, split
from reference import data_folder
from student import STUDENT, TEACHERS, Student, Targets, fine_tune, in_parts, joined, least_squares

DIMENSION = 512
# Changed pictures of each of the photos that are learned from; the others only serve the targets and to compare with.
VIEWS = 2
CHANGED = 8_000
STEPS = 1000
# Photos that the turn of the binary code is learned from.
TURNED = 4000


def main(laid_out: Path, work: Path) -> None:
    # Two threads that wait for one another are slower than one beside other programs.
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    torch.save(trained(split(laid_out, data_folder()), work).state_dict(), work / "student.pt")
    convert.main(work / "student.pt", work / "model")
    evaluate.main(laid_out, work)


def trained(parts: dict[str, list[Photo]], work: Path) -> Student:
    """The student that these photos make."""
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
    return student


def first_projection(student, plain, trunks, goal) -> tuple[np.ndarray, np.ndarray]:
    """The linear map of lite2's own features, of unit length, that brings all photos and the changed views of some
    nearest to the photos' targets."""
    views = range(1, trunks.shape[1])
    features = np.concatenate([plain, *(in_parts(student.pooled, trunks[:, view]) for view in views)]).astype(np.float32)
    weight, bias = least_squares(unit(features), np.concatenate([goal, *(goal[: len(trunks)] for _ in views)]))
    # The network's features are not of unit length; their mean length stands for it.
    return weight / np.linalg.norm(features, axis=1).mean(), bias


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
