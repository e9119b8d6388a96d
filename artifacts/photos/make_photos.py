"""Makes the workload's photos: crops, scales and flips of freely licensed originals, as JPEG files of a given mean size.

usage: make_photos.py SOURCES ORIGINALS OUTPUT
SOURCES    sources.json: the originals with their licences and accepted labels, and how many photos to make
ORIGINALS  folder into which the packages that carry the originals are installed
OUTPUT     folder for photo-NN-NAME.jpg and photos.json

The same originals give the same bytes: the crops follow a fixed sequence, and no metadata is written.
"""

import io
import json
import pathlib
import sys

from PIL import Image

LONG_SIDE = 640
"""Length of a photo's longer side in pixels: what gives JPEGs of the wanted size at a camera's usual quality."""


def crops(count):
    """Yields (scale, horizontal, vertical, flipped): how much of the original's sides, and from where, in shares of 1.

    The first is the whole original; the others follow a low-discrepancy sequence, so that they differ evenly.
    """
    golden = 0.6180339887498949
    for index in range(count):
        if index == 0:
            yield 1.0, 0.0, 0.0, False
            continue
        scale = 0.92 - 0.14 * ((index * golden) % 1.0)
        yield scale, (index * golden * golden) % 1.0, (index * 0.7548776662466927) % 1.0, index % 2 == 1


def cut(original, scale, horizontal, vertical, flipped):
    """A crop of the original, at LONG_SIDE pixels."""
    width, height = original.size
    crop_width, crop_height = round(width * scale), round(height * scale)
    left, top = round((width - crop_width) * horizontal), round((height - crop_height) * vertical)
    photo = original.crop((left, top, left + crop_width, top + crop_height))
    ratio = LONG_SIDE / max(photo.size)
    photo = photo.resize((round(crop_width * ratio), round(crop_height * ratio)), Image.Resampling.LANCZOS)
    return photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flipped else photo


def encode(photo, wanted_bytes):
    """The photo as JPEG, at the quality that comes closest to the wanted size."""
    low, high, best = 60, 97, None
    while low <= high:
        quality = (low + high) // 2
        buffer = io.BytesIO()
        photo.save(buffer, "JPEG", quality=quality, subsampling=2, optimize=True)
        data = buffer.getvalue()
        if best is None or abs(len(data) - wanted_bytes) < abs(len(best) - wanted_bytes):
            best = data
        if len(data) < wanted_bytes:
            low = quality + 1
        else:
            high = quality - 1
    return best


def main(sources_file, originals, output):
    sources = json.loads(pathlib.Path(sources_file).read_text())
    wanted, originals, output = sources["photos"], pathlib.Path(originals), pathlib.Path(output)
    listed = []
    variants = {source["name"]: crops(wanted["count"]) for source in sources["originals"]}
    # Round by round, so that neighbours in the list, which are sent one after the other, are of different originals.
    while len(listed) < wanted["count"]:
        source = sources["originals"][len(listed) % len(sources["originals"])]
        with Image.open(originals / source["file"]) as image:
            original = image.convert("RGB")
        # Sizes vary as a camera's do: between 0.7 and 1.3 of the mean, evenly.
        size = wanted["mean_bytes"] * (0.7 + 0.6 * ((len(listed) * 0.6180339887498949 + 0.5) % 1.0))
        data = encode(cut(original, *next(variants[source["name"]])), size)
        name = f"photo-{len(listed) + 1:02d}-{source['name']}.jpg"
        (output / name).write_bytes(data)
        listed.append(
            {
                "file": name,
                "labels": source["labels"],
                "bytes": len(data),
                "source": f"{source['package']}: {source['file']}",
                "licence": source["licence"],
                "author": source["author"],
            }
        )
    (output / "photos.json").write_text(json.dumps(listed, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
