"""Builds the workload's network from published weights: an int8 ONNX file, its labels and a description.

usage: build_model.py WEIGHTS LABELS PHOTOS OUTPUT
WEIGHTS  the .pth file     LABELS  JSON object, class number -> label
PHOTOS   folder with *.jpg and photos.json, to calibrate and check with
OUTPUT   folder for model.onnx, labels.json and model.json

Fails where the network does not give the photos of known content one of their labels.
"""

import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from PIL import Image

from graph import build
from images import CROP, MEAN, STD, calibration_boxes, tensor
from weights import read_weights

SIZE = 224
CROPS_PER_PHOTO = 2
LEAST_AGREEMENT = 0.8
"""Share of photos for which int8 and fp32 must name the same class; measured: see model.json."""


class Crops(CalibrationDataReader):
    """The inputs with which the quantiser observes the range of every layer."""

    def __init__(self, photos):
        self.inputs = (
            {"image": tensor(image, SIZE, box)} for image in photos for box in calibration_boxes(image, CROPS_PER_PHOTO)
        )

    def get_next(self):
        return next(self.inputs, None)


def session(model):
    """One thread and no telemetry: the same numbers at every build."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def classes(model, photos):
    """The best class of each photo, central crop."""
    network = session(model)
    return [int(numpy.argmax(network.run(["logits"], {"image": tensor(image, SIZE)})[0])) for image in photos]


def main(weights_file, labels_file, photos_directory, output):
    photos_directory, output = pathlib.Path(photos_directory), pathlib.Path(output)
    names = json.loads(pathlib.Path(labels_file).read_text())
    labels = [names[str(index)] for index in range(1000)]
    listed = json.loads((photos_directory / "photos.json").read_text())
    photos = [Image.open(photos_directory / photo["file"]).convert("RGB") for photo in listed]

    full = str(output / "full.onnx")
    onnx.save(build(read_weights(weights_file), SIZE), full)
    # Activations unsigned, weights signed, one scale a channel; weights of 7 bits, since the instructions that
    # processors without VNNI have for this (and that QEMU emulates) overflow with 8.
    quantize_static(
        full,
        str(output / "model.onnx"),
        Crops(photos),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
    )

    exact, quantised = classes(full, photos), classes(str(output / "model.onnx"), photos)
    (output / "full.onnx").unlink()
    for photo, a, b in zip(listed, exact, quantised):
        print(f"{photo['file']}: {labels[a]} (fp32), {labels[b]} (int8)")
    known = [(photo, labels[best]) for photo, best in zip(listed, quantised) if photo["labels"]]
    wrong = [f"{photo['file']}: {label}" for photo, label in known if label not in photo["labels"]]
    if wrong:
        sys.exit("the network gives photos of known content other labels: " + "; ".join(wrong))
    agreement = sum(a == b for a, b in zip(exact, quantised)) / len(photos)
    if agreement < LEAST_AGREEMENT:
        sys.exit(f"int8 and fp32 agree on {agreement:.2f} of the photos only; at least {LEAST_AGREEMENT} is wanted")

    (output / "labels.json").write_text(json.dumps(labels, indent=0) + "\n")
    description = {
        "name": "efficientnet-lite0-int8",
        "input": "image",
        "output": "logits",
        "size": SIZE,
        "layout": "nchw",
        "crop": CROP,
        "mean": MEAN,
        "std": STD,
        "checked": {"photos": len(photos), "knownPhotos": len(known), "agreementWithFp32": round(agreement, 4)},
    }
    (output / "model.json").write_text(json.dumps(description, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
