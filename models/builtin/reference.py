"""The built-in model as PyTorch runs it, from the stored weights, and the preprocessing that our model tag names.

Needs: torch, numpy, pillow.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps

SIDE = 260
# lite2: repeats, expansion, kernel, stride of the first, as crates/embed has them.
STAGES = [(1, 1, 3, 1), (3, 6, 3, 2), (3, 6, 5, 2), (4, 6, 3, 2), (4, 6, 5, 1), (5, 6, 5, 2), (1, 6, 3, 1)]
BLOCKS = [(e, k, s if r == 0 else 1) for n, e, k, s in STAGES for r in range(n)]
# The byte of a photo that the network takes for 0, and what one step is.
PHOTO_CENTRE, PHOTO_SCALE = 127, 1 / 128
CHUNK = 16


def data_folder() -> Path:
    """Where the photos for measuring lie."""
    default = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
    return Path(os.environ.get("LIKENESS_DATA", default)).resolve()


def open_upright(path: Path) -> Image.Image:
    """An upright RGB picture."""
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def squash(image: Image.Image, side: int = SIDE) -> Image.Image:
    """The whole picture, both sides scaled on their own."""
    return image.resize((side, side), Image.Resampling.BICUBIC)


def normalise(image: Image.Image) -> np.ndarray:
    """Channels, rows, columns in f32, about -1 to 1."""
    return ((np.asarray(image, dtype=np.float32) - 127.0) / 128.0).transpose(2, 0, 1)


def bytes_of(images: list[Image.Image]) -> torch.Tensor:
    """Squashed pictures as bytes: photos, channels, rows, columns."""
    return torch.from_numpy(np.stack([np.asarray(squash(image)).transpose(2, 0, 1) for image in images]))


def padding(length: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's "same"."""
    total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
    return total // 2, total - total // 2


def convolve(x: torch.Tensor, weight: torch.Tensor, stride: int = 1, groups: int = 1, ground: float = 0) -> torch.Tensor:
    """With TensorFlow's "same" padding."""
    kernel = weight.shape[2]
    around = [*padding(x.shape[3], kernel, stride), *padding(x.shape[2], kernel, stride)]
    return F.conv2d(F.pad(x, around, value=ground), weight, stride=stride, groups=groups)


def relu6(x: torch.Tensor) -> torch.Tensor:
    return x.clamp(0, 6)


def per_channel(values: torch.Tensor) -> torch.Tensor:
    """[1, channels, 1, 1] of [channels]."""
    return values.view(1, -1, 1, 1)


def layer_names() -> list[str]:
    """Every convolution, from the picture to the features."""
    names = ["stem"]
    for index in range(len(BLOCKS)):
        names += [f"blocks.{index}.{part}" for part in ("expand", "depthwise", "project") if index or part != "expand"]
    return [*names, "head"]


def real_weights(stored: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """Weights and biases in f32 of weights.safetensors: weight * scale / input_scale."""
    real = {name: torch.from_numpy(stored[name]) for name in ("projection.weight", "projection.bias")}
    for name in layer_names():
        weight = torch.from_numpy(stored[f"{name}.weight"].astype(np.float32))
        scale, input_scale = (torch.from_numpy(stored[f"{name}.{kind}"]) for kind in ("scale", "input_scale"))
        inputs = input_scale.view(-1, 1, 1, 1) if weight.shape[1] < len(input_scale) else per_channel(input_scale)
        real[f"{name}.weight"] = weight * scale.view(-1, 1, 1, 1) / inputs
        real[f"{name}.bias"] = torch.from_numpy(stored[f"{name}.bias"])
    return real


def real_features(weights: dict[str, torch.Tensor], pictures: torch.Tensor) -> torch.Tensor:
    """The network in f32: features of normalised pictures."""

    def layer(x, name, stride=1, groups=1):
        return convolve(x, weights[f"{name}.weight"], stride, groups) + per_channel(weights[f"{name}.bias"])

    x = relu6(layer(pictures, "stem", 2))
    for index, (_, _, stride) in enumerate(BLOCKS):
        name = f"blocks.{index}"
        hidden = x if index == 0 else relu6(layer(x, f"{name}.expand"))
        hidden = relu6(layer(hidden, f"{name}.depthwise", stride, hidden.shape[1]))
        y = layer(hidden, f"{name}.project")
        x = x + y if index > 0 and stride == 1 and y.shape[1] == x.shape[1] else y
    return relu6(layer(x, "head")).mean((2, 3))


@torch.inference_mode()
def features_of_bytes(weights: dict[str, torch.Tensor], pictures: torch.Tensor) -> np.ndarray:
    """Features of bytes, in f32."""
    parts = [real_features(weights, (part.float() - PHOTO_CENTRE) * PHOTO_SCALE) for part in pictures.split(CHUNK)]
    return torch.cat(parts).numpy()


def embeddings(stored: dict[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Rows of unit length."""
    rows = features @ stored["projection.weight"].T + stored["projection.bias"]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Reference:
    """The model in f32."""

    def __init__(self, stored: dict[str, np.ndarray]):
        self.stored, self.weights = stored, real_weights(stored)

    def embed(self, images: list[Image.Image]) -> np.ndarray:
        """Embeddings of upright pictures."""
        return embeddings(self.stored, features_of_bytes(self.weights, bytes_of(images)))

    def embed_files(self, paths: list[Path]) -> np.ndarray:
        """Embeddings of picture files."""
        with ThreadPoolExecutor() as pool:
            return self.embed(list(pool.map(open_upright, paths)))
