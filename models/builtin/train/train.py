"""Makes the built-in model's weights from EfficientNet-Lite0: everything from photos to STUDENT.pt.

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
from copies import COPIES
from measure import retrieval
from network import Student
from photos import SEED, Photo, split
from student import TEACHERS, Lesson, Targets, fine_tune, joined, least_squares

VIEWS = 2
# So many of the training photos are changed and fine-tuned on; the rest only teach the first projection and what others look like.
CHANGED = 11_872
STEPS = 1060
# The student is blended with what it started from: the mean of both weights keeps more of what ImageNet taught.
BLEND = 0.7
# Photos that the turn of the binary code is learned from.
TURNED = 4000


def class_numbers(photos: list[Photo]) -> tuple[torch.Tensor, torch.Tensor]:
    """Each photo's class number, -1 for none, and which classes are told apart: those of one source."""
    names = sorted({photo.label for photo in photos if photo.label})
    numbers = torch.tensor([names.index(photo.label) if photo.label else -1 for photo in photos])
    sources = [name.split("/")[0] for name in names]
    return numbers, torch.tensor([[one == other for other in sources] for one in sources])


def main(laid_out: Path, evaluation: Path, work: Path) -> None:
    torch.set_num_threads(1)
    parts = split(laid_out, evaluation)
    caches, training = work / "cache", work / "cache" / "training"
    for name, photos in parts.items():
        if name != "distractors":
            cache.plain(caches / name, photos, [] if name == "tests/captioned" else TEACHERS[1:])
    cache.views(training, parts["training"][:CHANGED], VIEWS)
    cache.copies(caches / "tests/captioned", parts["tests/captioned"], COPIES)

    rows = joined(training)
    targets = Targets.of(rows)
    goal = targets(rows)
    weight, bias = least_squares(np.load(training / "lite0.npy").astype(np.float32), goal)
    student = Student()
    student.start_from(weight, bias)
    first = {name: tensor.clone() for name, tensor in student.state_dict().items()}

    lower = np.load(training / "lower.npy", mmap_mode="r")
    views = np.load(training / "views.npy", mmap_mode="r")
    lesson = Lesson(lower, views, torch.from_numpy(goal), *class_numbers(parts["training"]))

    def report(step, losses, averaged):
        figures = []
        for name in (name for name in parts if name.startswith("tuning")):
            embeddings = averaged.embed_lower(np.load(caches / name / "lower.npy", mmap_mode="r"), cache.CUT)
            figures.append("%s %.3f %.3f" % (name, *retrieval(embeddings, [photo.label for photo in parts[name]])))
        print(time.strftime("%H:%M"), step, losses.round(3), *figures, flush=True)

    student = fine_tune(student, lesson, STEPS, report)
    with torch.no_grad():
        for name, tensor in student.state_dict().items():
            tensor.lerp_(first[name], 1 - BLEND)
        turn = torch.from_numpy(codes.turn(student.embed_lower(lower[-TURNED:], cache.CUT), SEED))
        student.projection.weight.copy_(turn.T @ student.projection.weight)
        student.projection.bias.copy_(turn.T @ student.projection.bias)
    torch.save(student.state_dict(), work / "student.pt")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
