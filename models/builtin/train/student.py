"""The student and how it learns: targets from the joined teachers, a first projection by least squares, then fine-tuning.

Knows caches (cache.py), not photos. All vectors are rows.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import network
from cache import CUT
from measure import unit
from network import DIMENSION, Student
from photos import SEED

TEACHERS = ["lite0", "lite1", "lite2"]
# The targets: how much of the mean is taken away, and how far the axes are evened out (0 not at all, 0.5 white).
CENTRED = 0.5
EVENED = 0.2
RIDGE = 1e-3

PHOTOS_A_STEP = 32
BANK = 2048
TEMPERATURE = 0.05
CLASS_SCALE = 16.0
CLASS_WEIGHT = 0.2
RATE = {"network": 2e-4, "projection": 4e-4}
AVERAGE = 0.99


def joined(folder: Path, count: int | None = None) -> np.ndarray:
    """The teachers' features, unit length each, side by side."""
    return np.concatenate([unit(np.load(folder / f"{name}.npy", mmap_mode="r")[:count]) for name in TEACHERS], axis=1)


@dataclass
class Targets:
    """What the student is to answer: `DIMENSION` principal axes of the joined teachers, partly centred and evened out."""

    mean: np.ndarray
    axes: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray) -> "Targets":
        mean = rows.mean(axis=0)
        spread = (rows - mean).T @ (rows - mean) / len(rows)
        values, vectors = np.linalg.eigh(spread)
        values, vectors = values[::-1][:DIMENSION], vectors[:, ::-1][:, :DIMENSION]
        return cls(CENTRED * mean, (vectors * values**-EVENED).astype(np.float32))

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return unit((rows - self.mean) @ self.axes)


def least_squares(features: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weight [dimension, features] and bias of the linear map that comes nearest to the targets."""
    mean, goal = features.mean(axis=0), targets.mean(axis=0)
    inner = (features - mean).T @ (features - mean) / len(features)
    inner += RIDGE * np.trace(inner) / len(inner) * np.eye(len(inner), dtype=np.float32)
    weight = np.linalg.solve(inner, (features - mean).T @ (targets - goal) / len(features)).T
    return weight.astype(np.float32), (goal - weight @ mean).astype(np.float32)


@dataclass
class Lesson:
    """Caches of the training part: `lower` [n, 14, 14, 80], `views` [n, views, 14, 14, 80], `targets` [n, 256],
    `labels` (class number, -1 for none), `allowed` [classes, classes]: which classes are told apart (those of one source)."""

    lower: np.ndarray
    views: np.ndarray
    targets: torch.Tensor
    labels: torch.Tensor
    allowed: torch.Tensor


def fine_tune(student: Student, lesson: Lesson, steps: int, report) -> Student:
    """Trains everything behind the cut but the depthwise weights; gives back the averaged weights.

    `report(step, losses, averaged)` is called every 100 steps.
    """
    dice = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    trunk = student.network
    for parameter in student.parameters():
        parameter.requires_grad_(False)
    learning = [*trunk.head.parameters()]
    for block in trunk.blocks[CUT:]:
        learning += [*block.expand.parameters(), *block.project.parameters(), block.depthwise.bias]
    projection = [*student.projection.parameters()]
    kinds = nn.Parameter(F.normalize(torch.randn(len(lesson.allowed), DIMENSION), dim=1))
    for parameter in learning + projection:
        parameter.requires_grad_(True)
    optimiser = torch.optim.AdamW(
        [
            {"params": learning, "lr": RATE["network"], "weight_decay": 0.0},
            {"params": projection, "lr": RATE["projection"], "weight_decay": 0.0},
            {"params": [kinds], "lr": 1e-2, "weight_decay": 0.0},
        ]
    )
    rates = [group["lr"] for group in optimiser.param_groups]
    averaged = Student()
    averaged.load_state_dict(student.state_dict())
    pairs = list(zip(averaged.parameters(), student.parameters()))
    trained_pairs = [(mean, now) for mean, now in pairs if now.requires_grad]

    losses = []
    for step in range(steps):
        warm = min(1, (step + 1) / 30)
        for group, rate in zip(optimiser.param_groups, rates):
            group["lr"] = rate * warm * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * step / steps)))
        chosen = np.sort(dice.choice(len(lesson.views), PHOTOS_A_STEP, replace=False))
        which = dice.integers(lesson.views.shape[1])
        lower = np.concatenate([lesson.lower[chosen], lesson.views[chosen, which]])
        x = torch.from_numpy(lower).to(torch.bfloat16).permute(0, 3, 1, 2)
        pooled = trunk.upper(x, CUT, network.trained)
        z = F.normalize(student.projection(pooled), dim=1)
        loss = _loss(z, torch.from_numpy(chosen).repeat(2), lesson, kinds, dice)
        optimiser.zero_grad(set_to_none=True)
        sum(loss).backward()
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        with torch.no_grad():
            for mean, now in trained_pairs:
                mean.lerp_(now, 1 - min(AVERAGE, (step + 1) / (step + 10)))
        losses.append([part.item() for part in loss])
        if (step + 1) % 100 == 0:
            report(step + 1, np.mean(losses[-100:], axis=0), averaged)
    return averaged


def _loss(z, chosen, lesson: Lesson, kinds, dice):
    """Nearness to the photo's own target, likeness to other photos as the teachers see it, and the class."""
    own = lesson.targets[chosen]
    near = 4 * (1 - (z * own).sum(dim=1)).mean()

    others = lesson.targets[torch.from_numpy(dice.choice(len(lesson.targets), BANK, replace=False))]
    bank = torch.cat([own[: len(own) // 2], others])
    goal = F.softmax(own @ bank.T / TEMPERATURE, dim=1)
    alike = F.kl_div(F.log_softmax(z @ bank.T / TEMPERATURE, dim=1), goal, reduction="batchmean")

    labels = lesson.labels[chosen]
    known = labels >= 0
    scores = CLASS_SCALE * z[known] @ F.normalize(kinds, dim=1).T
    scores = scores.masked_fill(~lesson.allowed[labels[known]], -torch.inf)
    return near, alike, CLASS_WEIGHT * F.cross_entropy(scores, labels[known])
