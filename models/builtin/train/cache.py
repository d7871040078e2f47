"""Runs the frozen networks once and keeps what they give on disk, so that training never decodes a photo.

Per part (training, tuning/..., tests/...): the teachers' features of the plain photos, and what comes out of the student's
frozen trunk for plain photos and for changed views of them. f16, one file each, made in order, can go on after a stop.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap
from PIL import Image

import network
from photos import SEED, Photo
from student import STUDENT, TRUNK
from reference import normalise, open_upright, squash
from views import changed

BATCH = 32
# Photos are made no larger than this before they are changed: the network sees 260.
LARGEST = 480


def tensor(pictures: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures)).to(torch.bfloat16).to(memory_format=torch.channels_last)


class Rows:
    """A file of rows that grows in order; `<name>.done` counts the finished ones."""

    def __init__(self, path: Path, count: int, shape: tuple[int, ...]):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.counter = path.with_suffix(".done")
        self.done = int(self.counter.read_text()) if self.counter.exists() else 0
        self.rows = open_memmap(path, "r+" if path.exists() else "w+", np.float16, (count, *shape))
        if self.rows.shape != (count, *shape):
            raise ValueError(f"{path} holds {self.rows.shape} of other photos, not {(count, *shape)}: delete it")

    def whole(self) -> bool:
        return self.done == len(self.rows)

    def append(self, rows: np.ndarray) -> None:
        self.rows[self.done : self.done + len(rows)] = rows
        self.done += len(rows)
        self.counter.write_text(str(self.done))


def batches(photos: list[Photo], start: int, prepare):
    """Prepared photos, `BATCH` at a time, prepared one batch ahead."""
    with ThreadPoolExecutor(2) as pool:
        ahead = None
        for first in [*range(start, len(photos), BATCH), None]:
            following = None
            if first is not None:
                numbers = range(first, min(first + BATCH, len(photos)))
                following = [pool.submit(prepare, number, photos[number]) for number in numbers]
            if ahead is not None:
                yield [future.result() for future in ahead]
            ahead = following


@torch.inference_mode()
def features(folder: Path, photos: list[Photo], name: str) -> None:
    """`<name>.npy`: one network's pooled features of the plain photos."""
    rows = Rows(folder / f"{name}.npy", len(photos), (network.FEATURES,))
    if rows.whole():
        return
    frozen = network.load(name).to(torch.bfloat16)

    def prepare(_, photo):
        return normalise(squash(open_upright(photo.path), network.SIDES[name]))

    for batch in batches(photos, rows.done, prepare):
        rows.append(frozen(tensor(batch)).numpy())


@torch.inference_mode()
def trunks(path: Path, photos: list[Photo], views: int) -> None:
    """What the student's trunk gives for every photo as it is, and for `views` changed views, each its own chain of
    changes: [photos, 1 + views, rows, columns, channels]."""
    rows = Rows(path, len(photos), (1 + views, *TRUNK))
    if rows.whole():
        return
    frozen = network.load(STUDENT).to(torch.bfloat16)

    def prepare(number, photo):
        image = open_upright(photo.path)
        side = network.SIDES[STUDENT]
        plain = squash(image, side)
        image.thumbnail((LARGEST, LARGEST), Image.Resampling.BICUBIC)
        dice = random.Random(SEED * 1_000_003 + number)
        return [normalise(picture) for picture in [plain, *(squash(changed(image, dice), side) for _ in range(views))]]

    for batch in batches(photos, rows.done, prepare):
        x = frozen.trunk(tensor([picture for pictures in batch for picture in pictures]))
        x = x.permute(0, 2, 3, 1).to(torch.float16).numpy()
        rows.append(x.reshape(len(batch), 1 + views, *TRUNK))
