"""The student and how it learns: targets from the joined teachers, a first projection by least squares, then fine-tuning
of the head and the projection together. The trunk of lite2 stays as ImageNet left it.

Knows caches (cache.py), not photos. All vectors are rows.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import network
from measure import unit
from photos import SEED

TEACHERS = ["lite0", "lite1", "lite2"]
STUDENT = "lite2"
# What the trunk gives: rows, columns, channels.
TRUNK = (9, 9, 352)
# How far the axes of the targets are evened out: 0 not at all, 0.5 white.
EVENED = 0.2
RIDGE = 1e-3

PHOTOS_A_STEP = 64
BANK = 2048
TEMPERATURE = 0.05
RATE = {"head": 1e-4, "projection": 4e-4}
AVERAGE = 0.99


class Student(nn.Module):
    """What is learned: lite2's head (a 1 x 1 convolution, ReLU6 and the mean over the picture), and a linear projection."""

    def __init__(self, dimension: int):
        super().__init__()
        authors = network.load(STUDENT).head
        self.head = nn.Linear(TRUNK[2], network.FEATURES)
        self.projection = nn.Linear(network.FEATURES, dimension)
        with torch.no_grad():
            self.head.weight.copy_(authors.weight[:, :, 0, 0])
            self.head.bias.copy_(authors.bias)

    def start_from(self, weight: np.ndarray, bias: np.ndarray) -> None:
        with torch.no_grad():
            self.projection.weight.copy_(torch.from_numpy(weight))
            self.projection.bias.copy_(torch.from_numpy(bias))

    def pooled(self, trunk: torch.Tensor) -> torch.Tensor:
        """[photos, 1280] of [photos, rows, columns, channels]."""
        return F.relu6(self.head(trunk)).mean(dim=(1, 2))

    def forward(self, trunk: torch.Tensor) -> torch.Tensor:
        """Embeddings of what the trunk gave."""
        return F.normalize(self.projection(self.pooled(trunk)), dim=1)


@torch.inference_mode()
def in_parts(run, trunks: np.ndarray) -> np.ndarray:
    """`run` on a whole cache of trunk outputs, some at a time."""
    parts = (torch.from_numpy(trunks[start : start + 256].astype(np.float32)) for start in range(0, len(trunks), 256))
    return np.concatenate([run(part).numpy() for part in parts])


def joined(folder: Path) -> np.ndarray:
    """The teachers' features, unit length each, side by side."""
    return np.concatenate([unit(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in TEACHERS], axis=1)


@dataclass
class Targets:
    """What the student is to answer: principal axes of the joined teachers, centred and partly evened out."""

    mean: np.ndarray
    axes: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray, dimension: int) -> "Targets":
        mean = rows.mean(axis=0)
        spread = (rows - mean).T @ (rows - mean) / len(rows)
        values, vectors = np.linalg.eigh(spread)
        values, vectors = values[::-1][:dimension], vectors[:, ::-1][:, :dimension]
        return cls(mean, (vectors * values**-EVENED).astype(np.float32))

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return unit((rows - self.mean) @ self.axes)


def least_squares(features: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weight [dimension, features] and bias of the linear map that comes nearest to the targets."""
    mean, goal = features.mean(axis=0), targets.mean(axis=0)
    inner = (features - mean).T @ (features - mean) / len(features)
    inner += RIDGE * np.trace(inner) / len(inner) * np.eye(len(inner), dtype=np.float32)
    weight = np.linalg.solve(inner, (features - mean).T @ (targets - goal) / len(features)).T
    return weight.astype(np.float32), (goal - weight @ mean).astype(np.float32)


def fine_tune(student: Student, trunks: np.ndarray, targets: torch.Tensor, steps: int, report) -> Student:
    """Trains head and projection; gives back the averaged weights.

    `trunks` [photos, 1 + views, rows, columns, channels]; `targets` of these photos and then of others, which only serve
    to compare with. `report(step, losses, averaged)` is called every 100 steps.
    """
    dice = np.random.default_rng(SEED)
    groups = [
        {"params": student.head.parameters(), "lr": RATE["head"]},
        {"params": student.projection.parameters(), "lr": RATE["projection"]},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.0)
    rates = [group["lr"] for group in optimiser.param_groups]
    averaged = Student(student.projection.out_features)
    averaged.load_state_dict(student.state_dict())
    losses = []
    for step in range(steps):
        warm = min(1, (step + 1) / 30)
        for group, rate in zip(optimiser.param_groups, rates):
            group["lr"] = rate * warm * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * step / steps)))
        chosen = np.sort(dice.choice(len(trunks), PHOTOS_A_STEP, replace=False))
        view = dice.integers(1, trunks.shape[1])
        pictures = np.concatenate([trunks[chosen, 0], trunks[chosen, view]])
        with torch.autocast("cpu", torch.bfloat16):
            pooled = student.pooled(torch.from_numpy(pictures).to(torch.bfloat16))
        z = F.normalize(student.projection(pooled.float()), dim=1)
        loss = _loss(z, torch.from_numpy(chosen).repeat(2), targets, dice)
        optimiser.zero_grad(set_to_none=True)
        sum(loss).backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            for mean, now in zip(averaged.parameters(), student.parameters()):
                mean.lerp_(now, 1 - min(AVERAGE, (step + 1) / (step + 10)))
        losses.append([part.item() for part in loss])
        if (step + 1) % 100 == 0:
            report(step + 1, np.mean(losses[-100:], axis=0), averaged)
    return averaged


def _loss(z, chosen, targets, dice):
    """Nearness to the photo's own target, and likeness to other photos as the teachers see it."""
    own = targets[chosen]
    near = 4 * (1 - (z * own).sum(dim=1)).mean()
    others = targets[torch.from_numpy(dice.choice(len(targets), BANK, replace=False))]
    bank = torch.cat([own[: len(own) // 2], others])
    goal = F.softmax(own @ bank.T / TEMPERATURE, dim=1)
    alike = F.kl_div(F.log_softmax(z @ bank.T / TEMPERATURE, dim=1), goal, reduction="batchmean")
    return near, alike
