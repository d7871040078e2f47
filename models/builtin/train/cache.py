"""Runs the frozen networks once and keeps what they give on disk, so that training never decodes a photo.

Per part (training, tuning/..., ...): the teachers' features of the plain photos, and what comes out of the student's
frozen lower half for the plain photos and for changed views of them. f16, one file each, made in order, can go on after a stop.
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
from reference import normalise, open_upright
from views import changed

# The student's blocks below the cut are frozen: what goes in behind them is 14 x 14 x 80.
CUT = 8
LOWER = (14, 14, 80)
BATCH = 32
# Photos are made no larger than this before they are changed: the network sees 224.
LARGEST = 480


def squash(image: Image.Image, side: int) -> Image.Image:
    """The whole picture, both sides scaled on their own."""
    return image.resize((side, side), Image.Resampling.BICUBIC)


def tensor(pictures: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures)).to(torch.bfloat16).to(memory_format=torch.channels_last)


class Rows:
    """A file of rows that grows in order; `<name>.done` counts the finished ones."""

    def __init__(self, path: Path, count: int, shape: tuple[int, ...]):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.counter = path.with_suffix(".done")
        self.done = int(self.counter.read_text()) if self.counter.exists() else 0
        self.rows = open_memmap(path, "r+" if path.exists() else "w+", np.float16, (count, *shape))

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
def plain(folder: Path, photos: list[Photo], teachers: list[str]) -> None:
    """`lower.npy` and pooled features `lite0.npy`, and `<teacher>.npy` for the teachers named, of the plain photos."""
    networks = {name: network.load(name).to(torch.bfloat16) for name in ["lite0", *teachers]}
    lower = Rows(folder / "lower.npy", len(photos), LOWER)
    features = {name: Rows(folder / f"{name}.npy", len(photos), (1280,)) for name in networks}

    def prepare(_, photo):
        image = open_upright(photo.path)
        return [normalise(squash(image, network.SIDES[name])) for name in networks]

    for batch in batches(photos, features[list(networks)[-1]].done, prepare):
        for name, pictures in zip(networks, zip(*batch)):
            x = tensor(pictures)
            if name == "lite0":
                x = networks[name].lower(x, CUT)
                lower.append(x.permute(0, 2, 3, 1).to(torch.float16).numpy())
                features[name].append(networks[name].upper(x, CUT).numpy())
            else:
                features[name].append(networks[name](x).numpy())


@torch.inference_mode()
def views(folder: Path, photos: list[Photo], count: int) -> None:
    """`views.npy`: the lower half's output for `count` changed views of every photo, each its own chain of changes."""
    student = network.load("lite0").to(torch.bfloat16)
    lower = Rows(folder / "views.npy", len(photos), (count, *LOWER))

    def prepare(number, photo):
        image = open_upright(photo.path)
        image.thumbnail((LARGEST, LARGEST), Image.Resampling.BICUBIC)
        dice = random.Random(SEED * 1_000_003 + number)
        return [normalise(squash(changed(image, dice), network.SIDES["lite0"])) for _ in range(count)]

    for batch in batches(photos, lower.done, prepare):
        x = tensor([picture for pictures in batch for picture in pictures])
        x = student.lower(x, CUT).permute(0, 2, 3, 1).to(torch.float16).numpy()
        lower.append(x.reshape(len(batch), count, *LOWER))


@torch.inference_mode()
def copies(folder: Path, photos: list[Photo], changes: dict) -> None:
    """`copies.npy` and `copies-lite0.npy`: the lower half's output and lite0's features for every photo after every change."""
    student = network.load("lite0").to(torch.bfloat16)
    lower = Rows(folder / "copies.npy", len(photos), (len(changes), *LOWER))
    features = Rows(folder / "copies-lite0.npy", len(photos), (len(changes), 1280))

    def prepare(_, photo):
        image = open_upright(photo.path)
        return [normalise(squash(change(image), network.SIDES["lite0"])) for change in changes.values()]

    for batch in batches(photos, features.done, prepare):
        x = student.lower(tensor([picture for pictures in batch for picture in pictures]), CUT)
        lower.append(x.permute(0, 2, 3, 1).to(torch.float16).numpy().reshape(len(batch), len(changes), *LOWER))
        features.append(student.upper(x, CUT).numpy().reshape(len(batch), len(changes), 1280))
