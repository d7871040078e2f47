"""How many of the true nearest photos a binary code leaves in the running.

    likeness embed FOLDER… --out QUESTIONS.npy
    python preselection.py QUESTIONS.npy [OTHERS.npy…]

Every photo of QUESTIONS is asked for among its others and those of OTHERS. A code has one bit a number, set above the
medians in weights.safetensors; half a code is that of the first half of the numbers. Needs numpy and safetensors.
"""

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

NEAREST = 10
KEPT = (50, 100, 200, 500, 1000)


def places_by_code(questions: int, rows: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """For each of the first `questions` rows and each of its true nearest: how many rows have a nearer code."""
    places = np.empty((questions, NEAREST), dtype=int)
    for asked in range(questions):
        likeness, agreement = rows @ rows[asked], signs @ signs[asked]
        likeness[asked] = agreement[asked] = -np.inf
        nearest = np.argpartition(-likeness, NEAREST)[:NEAREST]
        places[asked] = (agreement > agreement[nearest][:, None]).sum(axis=1)
    return places


def main(questions: Path, others: list[Path]) -> None:
    parts = [np.load(file).astype(np.float32) for file in (questions, *others)]
    rows, count = np.concatenate(parts), len(parts[0])
    medians = load_file(Path(__file__).with_name("weights.safetensors"))["code_threshold"]
    signs = np.where(rows > medians, 1, -1).astype(np.float32)
    print(f"{count} photos, each asked for among {len(rows) - 1} others; of its true nearest {NEAREST} are")
    for bits in (len(medians), len(medians) // 2):
        places = places_by_code(count, rows, np.ascontiguousarray(signs[:, :bits]))
        shares = ", ".join(f"{(places < kept).mean():.4f} among the nearest {kept}" for kept in KEPT)
        print(f"by {bits} bits: {shares}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), [Path(file) for file in sys.argv[2:]])
