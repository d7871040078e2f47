#!/usr/bin/env python3
"""Writes formats.tsv: what every file of the test data's formats/ and originals/ is, seen with other eyes than ours.

Usage: python3 -m venv env && env/bin/pip install pillow pillow-heif pillow-jxl-plugin rawpy numpy
       env/bin/python tests/formats_reference.py ../shared/data tests/formats.tsv

Columns: path, expected (photo, problem, companion, video), width, height, grid, reason.
The grid is the upright sRGB picture at 4 x 4 pixels (box filter), as 48 hexadecimal bytes.
Where Likeness is expected to differ from the reference, DIFFERENT says so and why; it is written by hand.
"""

import io
import sys
from pathlib import Path

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401  registers JPEG XL
import rawpy
from PIL import Image, ImageCms, ImageFile, ImageOps

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = True

COMPANIONS = {".xmp", ".aae"}
VIDEOS = {".mov", ".mp4"}
RAW = {".cr2", ".cr3", ".nef", ".dng", ".raf", ".rw2", ".arw", ".orf", ".pef", ".srw"}

# path, or its end -> (expected, reason)
LIBHEIF = "needs a newer libheif than Debian 12 has"
TIFF = "a kind of TIFF that the image crate does not read"
ALPHA = "alpha is put on white; the reference ignores it or uses the GIF background"
DIFFERENT = {
    "avif/Chimera-AV1-10bit-480x270.avif": ("problem", "a sequence without a still picture: " + LIBHEIF),
    "draw_points_idat_metasize0.avif": ("problem", LIBHEIF),
    "draw_points_idat_progressive_metasize0.avif": ("problem", LIBHEIF),
    "avif/clop_irot_imor.avif": ("photo", "boxes with misspelt names: the decoders skip different ones"),
    "avif/extended_pixi.avif": ("photo", "4 x 4 pixels, chroma upsampled differently"),
    "avif/colors_text_wcg_sdr_rec2020.avif": ("photo", "BT.2020 colours are converted; the reference leaves them"),
    "yuv420.monochrome.avif": ("photo", "libheif 1.15 takes limited-range grey for full range"),
    "QuickTime.heic": ("problem", "cut down: the reference fills the missing data"),
    "image-rs/V3_A1_R5_G5_B5.bmp": ("photo", ALPHA),
    "V3_A1_R5_G5_B5_Top_Down.bmp": ("photo", ALPHA),
    "V5_A1_R5_G5_B5.bmp": ("photo", ALPHA),
    "pal4rletrns.bmp": ("photo", ALPHA),
    "border_touching_layers.gif": ("photo", ALPHA),
    "issue_1455_undersized.gif": ("photo", ALPHA),
    "image-rs/sample_1.gif": ("photo", ALPHA),
    "image-rs/rletopdown.bmp": ("problem", "compressed rows from the top, which the format forbids"),
    "image-rs/ycbcr_jpeg_8bit.tif": ("problem", TIFF),
    "image-rs/ycbcr_lzw_broken.tif": ("problem", TIFF),
    "image-rs/ycbcr_lzw_bt709.tif": ("problem", TIFF),
    "pillow/10ct_32bit_128.tiff": ("problem", TIFF),
    "pillow/12bit.cropped.tif": ("problem", TIFF),
    "pillow/16_bit_binary_pgm.tiff": ("problem", TIFF),
    "pillow/16bit.s.tif": ("problem", TIFF),
    "pillow/8bit.s.tif": ("problem", TIFF),
    "pillow/child_ifd.tiff": ("problem", TIFF),
    "pillow/compression.tif": ("problem", TIFF),
    "pillow/g4-fillorder-test.tif": ("problem", TIFF),
    "pillow/hopper.Lab.tif": ("problem", TIFF),
    "pillow/hopper_gray_4bpp.tif": ("problem", TIFF),
    "pillow/hopper_lzma.tif": ("problem", TIFF),
    "jxl/input_d53929.jxl": ("photo", "not explained yet: colours are 9 levels apart on average"),
    "32d08f4a5eb10332506ebedbb9bc7257.jpg": ("photo", "cut off: the decoders fill the missing part differently"),
    "pillow/16bit.r.tif": ("photo", "known fault of ours: reversed bit order is not undone"),
    "image-rs/hpredict.tiff": ("photo", "known fault of ours: alpha that is multiplied in is taken for plain alpha"),
    "image-rs/hpredict_packbits.tiff": ("photo", "known fault of ours: as hpredict.tiff"),
}

# path -> (width, height, reason): files that the reference cannot decode, or decodes in another size. The sizes are
# those in the headers; colours are not compared.
OTHER_SIZE = {
    "formats/avif/alpha_noispe.avif": (80, 80, "the reference cannot read it"),
    "formats/avif/blue-and-magenta-crop.avif": (180, 100, "the reference ignores the crop box"),
    "formats/avif/color_grid_alpha_grid_tile_shared_in_dimg.avif": (80, 80, "the reference cannot read it"),
    "formats/avif/seine_sdr_gainmap_gammazero.avif": (400, 300, "the reference cannot read it"),
    "formats/avif/sofa_grid1x5_420_dimg_repeat.avif": (1024, 770, "the reference cannot read it"),
    "formats/avif/supported_gainmap_writer_version_with_extra_bytes.avif": (100, 100, "the reference cannot read it"),
    "formats/image-rs/V3_A4_R4_G4_B4.bmp": (6, 6, "the reference cannot read it"),
    "formats/image-rs/V3_A4_R4_G4_B4_Top_Down.bmp": (6, 6, "the reference cannot read it"),
    "formats/image-rs/V3_X4_R4_G4_B4.bmp": (6, 6, "the reference cannot read it"),
    "formats/image-rs/V3_X4_R4_G4_B4_Top_Down.bmp": (6, 6, "the reference cannot read it"),
    "formats/image-rs/issue_1455_oversized.gif": (10, 10, "the GIF screen is shown, not the frame that reaches beyond it"),
    "formats/image-rs/oob.gif": (32, 32, "the GIF screen is shown, not the frame that reaches beyond it"),
    "formats/image-rs/pal2.bmp": (127, 64, "the reference cannot read it"),
    "formats/image-rs/pal2color.bmp": (127, 64, "the reference cannot read it"),
    "formats/image-rs/pal4rlecut.bmp": (127, 64, "the reference cannot read it"),
    "formats/image-rs/rgb16-231.bmp": (127, 64, "the reference cannot read it"),
    "formats/image-rs/rgb32-111110.bmp": (127, 64, "the reference cannot read it"),
    "formats/image-rs/rgb32bf.bmp": (127, 64, "the reference cannot read it"),
    "formats/image-rs/rgb32f_bw.tiff": (32, 32, "the reference cannot read it"),
    "formats/image-rs/rgb32f_color.tiff": (32, 32, "the reference cannot read it"),
    "formats/image-rs/rgba16-1924.bmp": (127, 64, "the reference cannot read it"),
    "formats/image-rs/rgba32-61754.bmp": (127, 64, "the reference cannot read it"),
    "formats/jpeg/monkey12.jpg": (149, 227, "the reference cannot read it"),
}


def to_srgb(image):
    """8 bits, alpha on white, colours by the profile."""
    profile = image.info.get("icc_profile")
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I"):
        samples = np.asarray(image).astype(np.float64)
        image = Image.fromarray((samples / 257).round().clip(0, 255).astype(np.uint8), "L")
    elif image.mode == "F":
        image = Image.fromarray((np.asarray(image) * 255).round().clip(0, 255).astype(np.uint8), "L")
    if image.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image).convert("RGB")
    if image.mode == "1":
        image = image.convert("L")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            space = source.profile.xcolor_space.strip()
            if {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}.get(image.mode) == space:
                return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
    return image.convert("RGB")


def open_raw(path):
    """The embedded preview, turned as the RAW file says."""
    with rawpy.imread(str(path)) as raw:
        thumb = raw.extract_thumb()
        if thumb.format != rawpy.ThumbFormat.JPEG:
            raise ValueError("no JPEG inside")
        turn = {3: Image.Transpose.ROTATE_180, 5: Image.Transpose.ROTATE_90, 6: Image.Transpose.ROTATE_270}
        image = Image.open(io.BytesIO(thumb.data))
        flip = raw.sizes.flip
        return image.transpose(turn[flip]) if flip in turn else image


def look(path):
    if path.suffix.lower() in RAW:
        image = open_raw(path)
    else:
        image = Image.open(path)
        image.seek(0)
        image.load()
        image = ImageOps.exif_transpose(image)
    image = to_srgb(image)
    return image.width, image.height, grid(np.asarray(image).astype(np.float64)).round().astype(np.uint8).tobytes().hex()


def grid(samples):
    """Means of 4 x 4 cells; pixels on a border count in part."""

    def weights(side):
        edges = np.arange(5) * side / 4
        pixel = np.arange(side)
        shares = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
        return shares.clip(0, None) / (side / 4)

    return np.einsum("ry,yxc,kx->rkc", weights(samples.shape[0]), samples, weights(samples.shape[1]), optimize=True)


def row(path, name):
    suffix = path.suffix.lower()
    if suffix in COMPANIONS:
        return [name, "companion", "", "", "", ""]
    if suffix in VIDEOS:
        return [name, "video", "", "", "", ""]
    if name in OTHER_SIZE:
        width, height, reason = OTHER_SIZE[name]
        return [name, "photo", str(width), str(height), "", reason]
    expected, reason = next((value for end, value in DIFFERENT.items() if name.endswith(end)), (None, ""))
    if expected == "problem":
        return [name, "problem", "", "", "", reason]
    try:
        width, height, grid = look(path)
    except Exception:  # whatever the reference cannot read is a problem here, unless DIFFERENT says otherwise
        return [name, expected or "problem", "", "", "", reason]
    return [name, expected or "photo", str(width), str(height), "" if reason else grid, reason]


def main():
    data, table = Path(sys.argv[1]), Path(sys.argv[2])
    lines = ["\t".join(["path", "expected", "width", "height", "grid", "reason"])]
    for folder in ("formats", "originals"):
        for path in sorted((data / folder).rglob("*")):
            if path.is_file():
                lines.append("\t".join(row(path, path.relative_to(data).as_posix())))
    table.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
