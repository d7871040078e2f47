"""Weights in whole numbers: what weights.safetensors holds, made of a network in real numbers.

Weights become i8 with a scale for each output; pictures become u8 with a scale for each channel, which the weights of
the next layer take in: for sums over channels, as much of it as serves those sums best. Weights are rounded together, so
that their errors cancel on the photos seen (Frantar et al., 2023), and each layer's bias is corrected for the mean error
of everything before it (Nagel et al., 2019). Layers are done in order, each on what those before it make of the photos
in whole numbers. What does not help, on photos of another kind than those calibrated on: ranges of least squared error,
and weights fitted to make up for earlier layers.

Needs torch, numpy and pillow.
"""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps

from reference import BLOCKS, CHUNK, PHOTO_CENTRE, PHOTO_SCALE, SIDE, convolve, padding, per_channel, relu6

CENTRE = 128  # the code of 0 in pictures that go below it
# A bias is kept as at most so many steps of its scale: where weights are all but nothing, the bias sets the scale.
LARGEST_BIAS = 2**21


def quantised_weight(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Whole numbers from -127 to 127 and a scale for each output: the one of least squared error."""
    flat = weight.flatten(1)
    largest = flat.abs().amax(1).clamp_min(1e-12)
    best, scale = torch.full_like(largest, torch.inf), largest / 127
    for part in np.linspace(0.5, 1.0, 26):
        candidate = largest * part / 127
        rounded = (flat / candidate[:, None]).round().clamp(-127, 127) * candidate[:, None]
        error = (rounded - flat).square().sum(1)
        better = error < best
        best, scale = torch.where(better, error, best), torch.where(better, candidate, scale)
    codes = (flat / scale[:, None]).round().clamp(-127, 127)
    return codes.view_as(weight), scale


def scale_of(samples: torch.Tensor, lowest: int, highest: int) -> torch.Tensor:
    """For each channel of [numbers, channels] the scale of its codes: what was seen and some more, for photos unlike
    those. Cutting off the rarest numbers loses less on the photos at hand and far more on others."""
    largest = samples.amax(0) / highest
    if lowest < 0:
        return OUTPUT_HEADROOM * torch.maximum(largest, samples.amin(0) / lowest).clamp_min(1e-6)
    return (HIDDEN_HEADROOM * largest).clamp(1e-6, 6 / highest)


# Codes of hidden pictures are far finer than the weights around them, those of the narrow ones between blocks are not.
HIDDEN_HEADROOM = 2.0
OUTPUT_HEADROOM = 1.3


def rounded_together(weight: torch.Tensor, scale: torch.Tensor, moments: torch.Tensor) -> torch.Tensor:
    """Codes of [groups, outputs, numbers] whose sums lose least on inputs with these second moments: number by number,
    what one loses by rounding the next ones make up for (Frantar et al., 2023)."""
    numbers = weight.shape[2]
    ridge = 0.3 * moments.diagonal(dim1=1, dim2=2).mean(1) + 1e-9
    moments = moments + ridge[:, None, None] * torch.eye(numbers, dtype=moments.dtype)
    inverse = torch.linalg.cholesky(torch.linalg.inv(moments), upper=True).to(weight.dtype)
    rest, codes = weight.clone(), torch.empty_like(weight)
    for n in range(numbers):
        codes[:, :, n] = (rest[:, :, n] / scale).round().clamp(-127, 127)
        error = (rest[:, :, n] - codes[:, :, n] * scale) / inverse[:, n, n, None]
        rest[:, :, n:] -= error[:, :, None] * inverse[:, None, n, n:]
    return codes


def unlike(pictures: torch.Tensor) -> torch.Tensor:
    """The same pictures as other people make them: small on a plain ground, cut, grey, pale or hard."""
    dice = np.random.default_rng(3)
    rows = []
    for index, picture in enumerate(pictures):
        image = Image.fromarray(picture.permute(1, 2, 0).numpy())
        kind = index % 5
        if kind <= 1:
            ground = Image.new("RGB", (SIDE, SIDE), (255, 255, 255) if dice.random() < 0.7 else (0, 0, 0))
            width, height = (int(SIDE * part) for part in dice.uniform(0.3, 0.8, 2))
            ground.paste(image.resize((width, height)), tuple(int(d) for d in dice.integers(0, SIDE - max(width, height), 2)))
            image = ground
        elif kind == 2:
            x, y = (int(d) for d in dice.integers(0, SIDE // 2, 2))
            image = image.crop((x, y, x + SIDE // 2, y + SIDE // 2)).resize((SIDE, SIDE))
        elif kind == 3:
            # As drawn: most of it white.
            image = ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=(2, 45)).convert("RGB")
        else:
            image = ImageOps.autocontrast(image, cutoff=(8, 8))
        rows.append(np.asarray(image).transpose(2, 0, 1))
    return torch.from_numpy(np.stack(rows))


class Layer:
    """One convolution in whole numbers. Takes real values that are exact multiples of `scale_in`."""

    def __init__(self, weight, bias, scale_in, stride=1, groups=1):
        self.stride, self.groups, self.scale_in = stride, groups, scale_in
        self.weight, self.bias = weight, bias
        self.scaled = weight * (scale_in.view(-1, 1, 1, 1) if groups > 1 else scale_in.view(1, -1, 1, 1))
        self.codes, self.scale = quantised_weight(self.scaled)
        self.set_bias(bias)

    def set_bias(self, bias):
        self.bias_codes = (bias / self.scale).round()

    def __call__(self, x):
        """`x` real; gives real sums before any activation."""
        codes = (x / per_channel(self.scale_in)).round()
        sums = convolve(codes, self.codes, self.stride, self.groups) + per_channel(self.bias_codes)
        return sums * per_channel(self.scale)

    def fit(self, pairs):
        """Rounds the weights for these inputs, and corrects the bias. `pairs` gives inputs in whole numbers and true
        inputs, some photos at a time."""
        codes = rounded_together(
            self.scaled.view(self.groups, -1, self.scaled[0].numel()).double(),
            self.scale.view(self.groups, -1).double(),
            self.moments(pairs),
        )
        self.codes = codes.reshape(self.scaled.shape).float()
        total, count = 0, 0
        for x, true_x in pairs():
            error = convolve(true_x, self.weight, self.stride, self.groups) + per_channel(self.bias) - self(x)
            total, count = total + error.sum((0, 2, 3)).double(), count + error[:, 0].numel()
        self.set_bias(self.bias + (total / count).float())

    def moments(self, pairs) -> torch.Tensor:
        """Second moments of the numbers under the kernel, without their means, for which the bias makes up."""
        products, sums, count = 0, 0, 0
        generator = torch.Generator().manual_seed(2)
        for x, _ in pairs():
            for part in x.split(2):
                patches = unfolded(part / per_channel(self.scale_in), self.weight.shape[2], self.stride)
                places = torch.randperm(patches.shape[3], generator=generator)[:PLACES]
                # Photos and places, channels, numbers.
                patches = patches[..., places].permute(0, 3, 1, 2).flatten(0, 1)
                if self.groups == 1:
                    patches = patches.flatten(1)[:, None]
                patches = patches.transpose(0, 1)
                products = products + (patches.transpose(1, 2) @ patches).double()
                sums, count = sums + patches.sum(1).double(), count + patches.shape[1]
        means = sums / count
        return products / count - means[:, :, None] * means[:, None]


# Places of two photos that weights are rounded for.
PLACES = 128


def unfolded(x: torch.Tensor, kernel: int, stride: int) -> torch.Tensor:
    """The numbers under the kernel: photos, channels, kernel * kernel, places."""
    if kernel == 1:
        return x.flatten(2)[:, :, None]
    around = [*padding(x.shape[3], kernel, stride), *padding(x.shape[2], kernel, stride)]
    return F.unfold(F.pad(x, around), kernel, stride=stride).view(x.shape[0], x.shape[1], kernel * kernel, -1)


def coded(x, scale, lowest, highest):
    scale = per_channel(scale)
    return (x / scale).round().clamp(lowest, highest) * scale


def samples(chunks, per_photo=128) -> torch.Tensor:
    """Some pixels of every picture: [numbers, channels]."""
    generator = torch.Generator().manual_seed(1)
    rows = []
    for x in chunks():
        flat = x.flatten(2)
        places = torch.randint(flat.shape[2], (per_photo,), generator=generator)
        rows.append(flat[:, :, places].transpose(1, 2).reshape(-1, flat.shape[1]))
    return torch.cat(rows)


class Quantiser:
    """Makes `tensors` of real `weights` (a weight and a bias for each layer)."""

    def __init__(self, weights: dict[str, torch.Tensor]):
        self.weights = weights
        self.tensors: dict[str, np.ndarray] = {}

    def get(self, name):
        return self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]

    def keep(self, name, layer):
        """Stores a layer, with coarser steps for outputs that are all bias."""
        bias = layer.bias_codes * layer.scale
        scale = torch.maximum(layer.scale, bias.abs() / LARGEST_BIAS)
        codes = (layer.codes * (layer.scale.double() / scale).view(-1, 1, 1, 1)).round()
        self.tensors[f"{name}.weight"] = codes.to(torch.int8).numpy()
        self.tensors[f"{name}.scale"] = scale.numpy()
        self.tensors[f"{name}.input_scale"] = layer.scale_in.numpy()
        self.tensors[f"{name}.bias"] = bias.numpy()

    @torch.inference_mode()
    def run(self, pictures: torch.Tensor):
        chunk = lambda x: x.split(CHUNK)
        real = (pictures.float() - PHOTO_CENTRE) * PHOTO_SCALE
        true_x, x, scale_x, stream = real, real, torch.full((3,), PHOTO_SCALE), None
        for index, (expansion, kernel, stride) in enumerate(BLOCKS):
            name = f"blocks.{index}"
            first = index == 0
            expand_name = "stem" if first else f"{name}.expand"
            w1, b1 = self.get(expand_name)
            w2, b2 = self.get(f"{name}.depthwise")
            w3, b3 = self.get(f"{name}.project")
            hidden = w2.shape[0]
            s1 = 2 if first else 1
            expand = Layer(w1, b1, scale_x, s1)
            true_expand = lambda a: convolve(a, w1, s1) + per_channel(b1)
            expand.fit(lambda: zip(chunk(x), chunk(true_x)))
            scale_h = scale_of(samples(lambda: (relu6(expand(q)) for q in chunk(x))), 0, 255)
            hidden_codes = lambda q: coded(relu6(expand(q)), scale_h, 0, 255)
            self.keep(expand_name, expand)

            depthwise = Layer(w2, b2, scale_h, stride, hidden)
            true_hidden = lambda a: relu6(true_expand(a))
            true_depthwise = lambda a: convolve(true_hidden(a), w2, stride, hidden) + per_channel(b2)
            depthwise.fit(lambda: ((hidden_codes(q), true_hidden(t)) for q, t in zip(chunk(x), chunk(true_x))))
            f_samples = samples(lambda: (relu6(depthwise(hidden_codes(q))) for q in chunk(x)))

            # The share of each channel's range that its codes take; the weights take the rest.
            best = (torch.inf, None, None)
            own = scale_of(f_samples, 0, 255)
            target = f_samples @ w3.flatten(1).T
            for share in (0.0, 0.25, 0.5, 0.75, 1.0):
                scale_f = own**share * own.max() ** (1 - share)
                layer = Layer(w3, b3, scale_f)
                codes = (f_samples / scale_f).round().clamp(0, 255)
                sums = codes @ (layer.codes.flatten(1).T) * layer.scale
                error = (sums - target).square().sum().item()
                if error < best[0]:
                    best = (error, share, scale_f, layer)
            _, share_f, scale_f, project = best
            self.keep(f"{name}.depthwise", depthwise)
            filtered = lambda q: coded(relu6(depthwise(hidden_codes(q))), scale_f, 0, 255)
            f_true = torch.cat([relu6(true_depthwise(t)) for t in chunk(true_x)])
            f_codes = torch.cat([filtered(q) for q in chunk(x)])
            true_y = torch.cat([convolve(t, w3) + per_channel(b3) for t in chunk(f_true)])
            project.fit(lambda: zip(chunk(f_codes), chunk(f_true)))
            y = torch.cat([project(q) for q in chunk(f_codes)])
            if stride == 1 and w3.shape[0] == true_x.shape[1] and not first:
                true_y, y = true_y + true_x, y + stream
            self.keep(f"{name}.project", project)

            stream = y
            next_w = self.get(f"blocks.{index + 1}.expand" if index + 1 < len(BLOCKS) else "head")[0]
            y_samples = samples(lambda: chunk(y))
            own = scale_of(y_samples, -128, 127)
            target = y_samples @ next_w.flatten(1).T
            best = (torch.inf, None, None)
            for share in (0.0, 0.25, 0.5, 0.75, 1.0):
                scale_y = own**share * own.max() ** (1 - share)
                layer = Layer(next_w, torch.zeros(next_w.shape[0]), scale_y)
                codes = (y_samples / scale_y).round().clamp(-128, 127)
                error = (codes @ layer.codes.flatten(1).T * layer.scale - target).square().sum().item()
                if error < best[0]:
                    best = (error, share, scale_y)
            _, share_y, scale_x = best
            true_x, x = true_y, coded(y, scale_x, -128, 127)
            noise = 10 * torch.log10(true_x.square().mean() / (x - true_x).square().mean())
            print(f"{name}: shares {share_f} {share_y}, signal to noise {noise:.1f} dB", flush=True)
        w, b = self.get("head")
        head = Layer(w, b, scale_x)
        head.fit(lambda: zip(chunk(x), chunk(true_x)))
        self.keep("head", head)
        true_f = torch.cat([relu6(convolve(t, w) + per_channel(b)).mean((2, 3)) for t in chunk(true_x)])
        f = torch.cat([relu6(head(q)).mean((2, 3)) for q in chunk(x)])
        print("cosine on the calibration photos", F.cosine_similarity(true_f, f).mean().item())


@torch.inference_mode()
def whole_features(stored: dict[str, np.ndarray], pictures: torch.Tensor) -> np.ndarray:
    """Features of bytes as the program works them out: whole numbers between layers, f32 in the residual stream."""
    tensors = {name: torch.from_numpy(value) for name, value in stored.items()}

    def sums(x, name, codes=None, centre=0, stride=1, groups=1):
        weight = tensors[f"{name}.weight"].float()
        scale = tensors[f"{name}.scale"]
        bias = (tensors[f"{name}.bias"] / scale).round()
        # Whole numbers below 2^24 are exact in f32; longer sums lose less than the rounding that follows.
        y = convolve(x - centre, weight, stride, groups) + per_channel(bias)
        return y * per_channel(scale if codes is None else (scale.double() / codes.double()).float())

    rows = []
    for part in pictures.split(CHUNK):
        x, stream = part.float(), None
        for i, (_, _, stride) in enumerate(BLOCKS):
            name = f"blocks.{i}"
            hidden, filtered = (tensors[f"{name}.{part}.input_scale"] for part in ("depthwise", "project"))
            h = sums(x, "stem", hidden, PHOTO_CENTRE, 2) if i == 0 else sums(x, f"{name}.expand", hidden, CENTRE)
            h = h.round().clamp(0, 255)
            h = sums(h, f"{name}.depthwise", filtered, 0, stride, h.shape[1]).round().clamp(0, 255)
            y = sums(h, f"{name}.project")
            if stride == 1 and i and y.shape == stream.shape:
                y = y + stream
            stream = y
            following = f"blocks.{i + 1}.expand" if i + 1 < len(BLOCKS) else "head"
            inverse = (1 / tensors[f"{following}.input_scale"].double()).float()
            x = (y * per_channel(inverse)).round().clamp(-128, 127) + CENTRE
        rows.append(relu6(sums(x, "head", None, CENTRE)).mean((2, 3)))
    return torch.cat(rows).numpy()
