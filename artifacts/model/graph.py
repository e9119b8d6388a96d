"""Writes EfficientNet-Lite0 as an ONNX graph: EfficientNet-B0's blocks without squeeze-and-excite, with ReLU6."""

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

BATCH_NORM_EPSILON = 1e-3
BLOCKS = [
    # repeats, kernel, stride of the first, expansion
    (1, 3, 1, 1),
    (2, 3, 2, 6),
    (2, 5, 2, 6),
    (3, 3, 2, 6),
    (3, 5, 1, 6),
    (4, 5, 2, 6),
    (1, 3, 1, 6),
]
"""Table 1 of the EfficientNet paper (arXiv:1905.11946); Lite0 has B0's widths and depths."""
OPSET = 17
IR_VERSION = 9


class Graph:
    """Collects nodes and weights; each method adds one layer and gives the name of its output."""

    def __init__(self, weights):
        self.weights, self.nodes, self.initialisers = weights, [], []
        # Clip takes its bounds as tensors without dimensions.
        self.zero = self._constant("zero", numpy.float32(0))
        self.six = self._constant("six", numpy.float32(6))

    def _constant(self, name, value):
        self.initialisers.append(numpy_helper.from_array(numpy.asarray(value, dtype=numpy.float32), name))
        return name

    def _node(self, kind, inputs, name, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def convolution(self, x, name, norm, kernel, stride=1, depthwise=False, activation=True):
        """A convolution with its batch normalisation folded in, TensorFlow's "same" padding, and ReLU6."""
        weight = self.weights[f"{name}.weight"]
        scale = self.weights[f"{norm}.weight"] / numpy.sqrt(self.weights[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
        bias = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * scale
        inputs = [
            x,
            self._constant(f"{name}.weight", weight * scale[:, None, None, None]),
            self._constant(f"{name}.bias", bias),
        ]
        y = self._node(
            "Conv",
            inputs,
            f"{name}.out",
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            group=weight.shape[0] if depthwise else 1,
            auto_pad="SAME_UPPER",
        )
        return self._node("Clip", [y, self.zero, self.six], f"{name}.relu6") if activation else y

    def block(self, x, name, kernel, stride, expansion, residual):
        """An inverted residual block: expand, depthwise convolution, project."""
        y = x
        if expansion > 1:
            y = self.convolution(y, f"{name}._expand_conv", f"{name}._bn0", 1)
        y = self.convolution(y, f"{name}._depthwise_conv", f"{name}._bn1", kernel, stride, depthwise=True)
        y = self.convolution(y, f"{name}._project_conv", f"{name}._bn2", 1, activation=False)
        return self._node("Add", [x, y], f"{name}.add") if residual else y

    def classifier(self, x, output):
        """Mean over the image, then the fully connected layer: logits."""
        y = self._node("Flatten", [self._node("GlobalAveragePool", [x], "pool")], "features", axis=1)
        inputs = [
            y,
            self._constant("_fc.weight", self.weights["_fc.weight"]),
            self._constant("_fc.bias", self.weights["_fc.bias"]),
        ]
        return self._node("Gemm", inputs, output, transB=1)


def build(weights, size):
    """The network for square RGB images of `size` pixels: input "image" [1,3,size,size], output "logits" [1,1000]."""
    graph = Graph(weights)
    x = graph.convolution("image", "_conv_stem", "_bn0", 3, 2)
    index = 0
    for repeats, kernel, stride, expansion in BLOCKS:
        for repeat in range(repeats):
            # Only the first block of a stage changes the shape; the others add their input to their output.
            first = repeat == 0
            x = graph.block(x, f"_blocks.{index}", kernel, stride if first else 1, expansion, residual=not first)
            index += 1
    x = graph.convolution(x, "_conv_head", "_bn1", 1)
    graph.classifier(x, "logits")
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "efficientnet-lite0",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, size, size])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1000])],
            graph.initialisers,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="strata",
    )
    onnx.checker.check_model(model)
    return model
