"""Turns a trained student into the files of a model, and makes the golden vectors that tests compare with.

    python convert.py STUDENT.pt FOLDER          writes weights.safetensors, golden.safetensors, manifest.json

Batch norm is folded into the convolutions, the student's head and projection take the places of the authors', and the
weights are stored as whole numbers (quantise.py). Thresholds and the medians for binary codes are measured by
calibrate.py on the way. Needs what train/ needs; LIKENESS_DATA names the evaluation data.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from blake3 import blake3
from PIL import Image
from safetensors.numpy import save

sys.path.append(str(Path(__file__).resolve().parent / "train"))

from calibrate import calibrate  # noqa: E402
from network import load  # noqa: E402
from quantise import Quantiser, unlike, whole_features  # noqa: E402
from reference import SIDE, Reference, bytes_of, data_folder, embeddings, features_of_bytes, open_upright  # noqa: E402

FAMILY = "efficientnet-lite2"
# Photos that the scales of pictures are measured on, each once more made unlike itself.
CALIBRATION_PHOTOS = 70


def network_weights(student: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weight and bias of every convolution by its place: weight as outputs, inputs per group, rows, columns."""
    lite = load("lite2")
    layers = {"stem": lite.stem}
    for index, block in enumerate(lite.blocks):
        if block.expand is not None:
            layers[f"blocks.{index}.expand"] = block.expand
        layers[f"blocks.{index}.depthwise"] = block.depthwise
        layers[f"blocks.{index}.project"] = block.project
    weights = {}
    for name, layer in layers.items():
        weights[f"{name}.weight"], weights[f"{name}.bias"] = layer.weight.detach().contiguous(), layer.bias.detach()
    weights["head.weight"], weights["head.bias"] = student["head.weight"][:, :, None, None], student["head.bias"]
    return weights


class Dice:
    """A linear congruential generator (Numerical Recipes), the same in every language."""

    def __init__(self, seed: int):
        self.state = seed

    def roll(self, below: int) -> int:
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 16) % below


def made_up_picture(width: int, height: int, seed: int) -> Image.Image:
    """A colour gradient with discs and boxes on it, in whole numbers only. tests/parity.rs makes the same."""
    x, y = np.arange(width)[None, :], np.arange(height)[:, None]
    ramps = [x * 255 // width + 0 * y, y * 255 // height + 0 * x, (x + y) * 255 // (width + height)]
    pixels = np.stack(ramps, axis=2)
    dice = Dice(seed)
    for shape in range(24):
        centre_x, centre_y = dice.roll(width), dice.roll(height)
        radius = 4 + dice.roll(height // 4)
        colour = [dice.roll(256), dice.roll(256), dice.roll(256)]
        across, down = np.abs(x - centre_x), np.abs(y - centre_y)
        disc = across**2 + down**2 <= radius**2
        box = (across <= radius) & (down <= radius)
        pixels[disc if shape % 2 == 0 else box] = colour
    return Image.fromarray(pixels.astype(np.uint8))


def golden_tensors(stored: dict[str, np.ndarray], reference: Reference) -> dict[str, np.ndarray]:
    """Embeddings of made-up pictures by both forms, named by form, width, height and seed."""
    sizes = [(SIDE, SIDE, 1), (SIDE, SIDE, 2), (640, 480, 3), (301, 467, 4), (150, 97, 5)]
    pictures = [made_up_picture(*size) for size in sizes]
    forms = {"f32": reference.embed(pictures), "int8": embeddings(stored, whole_features(stored, bytes_of(pictures)))}
    return {
        f"{form}/{'x'.join(map(str, size))}": vector for form, rows in forms.items() for size, vector in zip(sizes, rows)
    }


def main(student_file: Path, folder: Path) -> None:
    student = torch.load(student_file, weights_only=True)
    weights = network_weights(student)
    photos = sorted((data_folder() / "captioned" / "images").iterdir())
    pictures = bytes_of([open_upright(path) for path in photos[:CALIBRATION_PHOTOS]])
    quantiser = Quantiser(weights)
    quantiser.run(torch.cat([pictures, unlike(pictures)]))
    stored = quantiser.tensors | {
        "projection.weight": student["projection.weight"].numpy(),
        "projection.bias": student["projection.bias"].numpy(),
    }
    others = bytes_of([open_upright(path) for path in photos[-100:]])
    true, reference = embeddings(stored, features_of_bytes(weights, others)), Reference(stored)
    for form, features in {
        "f32": features_of_bytes(reference.weights, others),
        "int8": whole_features(stored, others),
    }.items():
        cosines = (embeddings(stored, features) * true).sum(axis=1)
        print(f"{form} to the unrounded network on 100 other photos: cosine {cosines.mean():.5f}, least {cosines.min():.5f}")

    measured = calibrate(reference)
    stored["code_threshold"] = measured.code_threshold
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "weights.safetensors"
    file.write_bytes(save(stored))
    (folder / "golden.safetensors").write_bytes(save(golden_tensors(stored, reference)))
    manifest = {
        "family": FAMILY,
        "weights_blake3": blake3(file.read_bytes()).hexdigest(),
        "preprocessing": f"squash{SIDE}",
        "dimension": len(measured.code_threshold),
        "thresholds": measured.thresholds,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(json.dumps(manifest, indent=2))
    print(f"{file.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
