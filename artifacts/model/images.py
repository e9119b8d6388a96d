"""Photos as the network takes them: the same steps as the worker's, which uses another library for them."""

import numpy
from PIL import Image

CROP = 0.875
MEAN = 127
STD = 128
"""Preprocessing of EfficientNet-Lite's authors: a central square of CROP of the shorter side, bicubic, (x - MEAN) / STD."""


def centre(image):
    """The central square crop of an image, as a box."""
    side = round(min(image.size) * CROP)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return left, top, left + side, top + side


def tensor(image, size, box=None):
    """An image, or a part of it, as the network's input [1,3,size,size]."""
    square = image.resize((size, size), Image.Resampling.BICUBIC, box=box or centre(image))
    pixels = (numpy.asarray(square, dtype=numpy.float32) - MEAN) / STD
    return pixels.transpose(2, 0, 1)[None]


def calibration_boxes(image, count):
    """Square parts of an image, of 0.35 to 0.95 of its shorter side, spread evenly: what training would crop."""
    golden = 0.6180339887498949
    for index in range(count):
        side = min(image.size) * (0.35 + 0.6 * ((index * golden) % 1.0))
        left = (image.width - side) * ((index * golden * golden + 0.25) % 1.0)
        top = (image.height - side) * ((index * 0.7548776662466927 + 0.5) % 1.0)
        yield left, top, left + side, top + side
