"""Turns the authors' weights into this folder's files, and makes the golden vectors that tests compare with.

    python convert.py            writes weights.safetensors, golden.safetensors, manifest.json

Batch norm is folded into the convolutions, numbers are stored as f16. Thresholds and the medians for binary codes
are measured by calibrate.py on the way.
Needs what reference.py needs, and safetensors and blake3.
"""

import json
from pathlib import Path

import numpy as np
import torch
from blake3 import blake3
from PIL import Image
from safetensors.numpy import save

from calibrate import calibrate
from reference import SIDE, embed_images, load_network, squash

HERE = Path(__file__).resolve().parent


def folded(convolution: torch.nn.Conv2d, norm: torch.nn.BatchNorm2d) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias of the convolution that does what convolution and batch norm do together."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weight = convolution.weight * scale[:, None, None, None]
    bias = norm.bias - norm.running_mean * scale
    return weight.detach().numpy().astype(np.float16), bias.detach().numpy().astype(np.float16)


def network_tensors(network) -> dict[str, np.ndarray]:
    """Every convolution by its place: weight as outputs, inputs per group, rows, columns."""
    layers = {"stem": (network._conv_stem, network._bn0), "head": (network._conv_head, network._bn1)}
    for index, block in enumerate(network._blocks):
        if hasattr(block, "_expand_conv"):
            layers[f"blocks.{index}.expand"] = (block._expand_conv, block._bn0)
        layers[f"blocks.{index}.depthwise"] = (block._depthwise_conv, block._bn1)
        layers[f"blocks.{index}.project"] = (block._project_conv, block._bn2)
    tensors = {}
    for name, (convolution, norm) in layers.items():
        weight, bias = folded(convolution, norm)
        assert np.isfinite(weight).all() and np.isfinite(bias).all(), name
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = weight, bias
    return tensors


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


def golden_tensors(network) -> dict[str, np.ndarray]:
    """Embeddings of made-up pictures, named by width, height and seed."""
    sizes = [(SIDE, SIDE, 1), (SIDE, SIDE, 2), (640, 480, 3), (301, 467, 4), (150, 97, 5)]
    pictures = [squash(made_up_picture(*size)) for size in sizes]
    vectors = embed_images(network, pictures)
    return {"x".join(map(str, size)): vector for size, vector in zip(sizes, vectors)}


def main() -> None:
    network = load_network()
    measured = calibrate(network)
    tensors = network_tensors(network) | {"code_threshold": measured.code_threshold}
    weights = HERE / "weights.safetensors"
    weights.write_bytes(save(tensors))
    (HERE / "golden.safetensors").write_bytes(save(golden_tensors(network)))
    manifest = {
        "family": "efficientnet-lite0",
        "weights_blake3": blake3(weights.read_bytes()).hexdigest(),
        "preprocessing": f"squash{SIDE}",
        "dimension": len(measured.code_threshold),
        "thresholds": measured.thresholds,
    }
    (HERE / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(json.dumps(manifest, indent=2))
    print(f"{weights.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
