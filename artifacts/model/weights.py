"""Reads a PyTorch state dictionary in the legacy file format, without PyTorch."""

import collections
import pickle
import struct

import numpy

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
TYPES = {"FloatStorage": numpy.dtype("<f4"), "LongStorage": numpy.dtype("<i8")}


class Tensor:
    """Where a tensor's numbers are: a storage by its key, an offset, a shape and strides, all counted in numbers."""

    def __init__(self, storage, offset, shape, strides, *_):
        self.key, self.dtype = storage
        self.offset, self.shape, self.strides = offset, shape, strides


class Unpickler(pickle.Unpickler):
    """Knows the few names that a state dictionary needs and refuses all others: unpickling may run any code."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return Tensor
        if module == "torch" and name in TYPES:
            return TYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a state dictionary")

    def persistent_load(self, identifier):
        _, dtype, key, _, _, _ = identifier
        return key, dtype


def read_weights(path):
    """Arrays by name.

    A tensor's strides are kept to: this file stores convolutions with permuted ones, and reading its numbers in plain
    order gives a network that runs and knows nothing.
    """
    with open(path, "rb") as file:
        if pickle.load(file) != MAGIC or pickle.load(file) != PROTOCOL:
            raise ValueError(f"{path} is not a PyTorch file in the legacy format")
        pickle.load(file)  # Sizes of types on the machine that wrote it.
        tensors = Unpickler(file).load()
        dtypes = {tensor.key: tensor.dtype for tensor in tensors.values()}
        storages = {}
        for key in pickle.load(file):
            (count,) = struct.unpack("<q", file.read(8))
            storages[key] = numpy.frombuffer(file.read(count * dtypes[key].itemsize), dtypes[key])
    return {name: _array(tensor, storages[tensor.key]) for name, tensor in tensors.items()}


def _array(tensor, storage):
    strides = [stride * tensor.dtype.itemsize for stride in tensor.strides]
    view = numpy.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, strides)
    return numpy.ascontiguousarray(view)
