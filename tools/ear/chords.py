#!/usr/bin/env python3
"""Turns crema's chord network into crates/ear/data/chords.onnx.

    pip install numpy h5py onnx
    pip download --no-deps crema==0.2.0 && unzip crema-0.2.0-py3-none-any.whl
    python3 tools/ear/chords.py crema/models/chord/model.h5 crates/ear/data/chords.onnx

The weights (B. McFee and J. P. Bello, "Structured training for large-vocabulary chord recognition", ISMIR
2017; ISC licence, beside the result) are laid out again as a plain graph; nothing is trained or changed:
normalisations become one product and one sum, each direction of a GRU one Loop.
Input `cqt` [1, frames, 216, 2]: decibels below the loudest, first and second harmonic.
Outputs, per frame: `tag` [170], `pitch` [12], `root` [13], `bass` [13] (the 13th: none).
"""

import sys

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

UNITS = 128


def weights(path):
    """Every array of the file by its path without the repeated layer name."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.__setitem__(name, item[()]) if isinstance(item, h5py.Dataset) else None)
    prefix = "model_weights/"
    return {k.removeprefix(prefix).replace(":0", ""): v for k, v in found.items() if k.startswith(prefix)}


class Graph:
    def __init__(self, arrays):
        self.arrays, self.nodes, self.constants = arrays, [], []

    def constant(self, name, value, kind=np.float32):
        self.constants.append(numpy_helper.from_array(np.array(value, dtype=kind, order="C"), name))
        return name

    def node(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def array(self, layer, what):
        hits = [v for k, v in self.arrays.items() if k.startswith(layer + "/") and k.endswith("/" + what)]
        assert len(hits) == 1, (layer, what, [k for k in self.arrays if k.startswith(layer)])
        return hits[0]

    def affine(self, layer, value, shape):
        """A Keras BatchNormalization (epsilon .001) as one product and one sum, along an axis of `shape`."""
        gamma, beta, mean, var = (
            self.array(layer, k).astype(np.float64) for k in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(var + 1e-3)
        product = self.constant(layer + ".scale", scale.reshape(shape))
        total = self.constant(layer + ".shift", (beta - mean * scale).reshape(shape))
        return self.node("Add", [self.node("Mul", [value, product], layer + ".mul"), total], layer)

    def convolution(self, layer, value, pads):
        kernel = self.array(layer, "kernel").transpose(3, 2, 0, 1)
        names = [self.constant(layer + ".kernel", kernel), self.constant(layer + ".bias", self.array(layer, "bias"))]
        shape = list(kernel.shape[2:])
        made = self.node("Conv", [value, *names], layer + ".conv", kernel_shape=shape, pads=pads, strides=[1, 1],
                         dilations=[1, 1])
        return self.node("Relu", [made], layer)

    def gru(self, layer, value):
        """Both directions, [frames, n] -> [frames, 2 * units]: the recurrence as a Loop, since ONNX runtimes
        in Rust lack this form of GRU (reset before the product, piecewise linear gates)."""
        sides = []
        for way in ("forward", "backward"):
            name = f"{layer}.{way}"
            one = {k.rsplit("/", 1)[1]: v for k, v in self.arrays.items() if k.startswith(layer + "/") and f"/{way}_" in k}
            kernel, bias = self.constant(name + ".kernel", one["kernel"]), self.constant(name + ".bias", one["bias"])
            drive = self.node("Add", [self.node("MatMul", [value, kernel], name + ".mul"), bias], name + ".drive")
            if way == "backward":
                drive = self.reversed(drive, name + ".in")
            # Gates stand in Keras' order: update, reset, candidate.
            self.constant(name + ".gates", one["recurrent_kernel"][:, : 2 * UNITS])
            self.constant(name + ".candidate", one["recurrent_kernel"][:, 2 * UNITS :])
            self.constant(name + ".start", np.zeros((1, UNITS)))
            count = self.node("Gather", [self.node("Shape", [drive], name + ".size"), "first"], name + ".count", axis=0)
            self.nodes.append(
                helper.make_node("Loop", [count, "", name + ".start"], [name + ".last", name + ".steps"], name=name,
                                 body=self.step(name, drive))
            )
            side = self.node("Reshape", [name + ".steps", "rows_of_units"], name + ".rows")
            # rten hands a value nobody needs later to the loop's body as a copy at each step, which makes
            # the time grow with the square of the length; so it is needed once more, times zero.
            part = self.node("Slice", [drive, "nought", "units", "second_axis"], name + ".part")
            side = self.node("Add", [side, self.node("Mul", [part, "zero"], name + ".nothing")], name + ".out")
            sides.append(self.reversed(side, name + ".back") if way == "backward" else side)
        return self.node("Concat", sides, layer, axis=1)

    def reversed(self, value, name):
        return self.node("Slice", [value, "last", "before_first", "first_axis", "backwards"], name)

    @staticmethod
    def step(name, drive):
        """One frame: h' = z h + (1 - z) tanh(x + U (r h)) with z, r = hard_sigmoid(x + U h)."""
        made = [
            ("Gather", [drive, name + ".i"], ["x"], {"axis": 0}),
            ("Split", ["x", "gates_sizes"], ["xg", "xc"], {"axis": 0}),
            ("MatMul", [name + ".h", name + ".gates"], ["hg"], {}),
            ("Add", ["hg", "xg"], ["sum"], {}),
            ("HardSigmoid", ["sum"], ["zr"], {"alpha": 0.2, "beta": 0.5}),
            ("Split", ["zr", "halves"], ["z", "r"], {"axis": 1}),
            ("Mul", ["r", name + ".h"], ["rh"], {}),
            ("MatMul", ["rh", name + ".candidate"], ["hc"], {}),
            ("Add", ["hc", "xc"], ["total"], {}),
            ("Tanh", ["total"], ["new"], {}),
            ("Sub", [name + ".h", "new"], ["difference"], {}),
            ("Mul", ["z", "difference"], ["kept"], {}),
            ("Add", ["new", "kept"], ["next"], {}),
            ("Identity", ["next"], ["row"], {}),
            ("Identity", [name + ".go"], ["on"], {}),
        ]
        outer = ("gates_sizes", "halves", drive)
        local = lambda n: n if n in outer or n.startswith(name) else f"{name}.{n}"
        nodes = [helper.make_node(op, list(map(local, i)), list(map(local, o)), **a) for op, i, o, a in made]
        information = helper.make_tensor_value_info
        return helper.make_graph(
            nodes,
            name + ".body",
            [
                information(name + ".i", TensorProto.INT64, []),
                information(name + ".go", TensorProto.BOOL, []),
                information(name + ".h", TensorProto.FLOAT, [1, UNITS]),
            ],
            [
                information(local("on"), TensorProto.BOOL, []),
                information(local("next"), TensorProto.FLOAT, [1, UNITS]),
                information(local("row"), TensorProto.FLOAT, [1, UNITS]),
            ],
        )

    def dense(self, layer, value, activation, **attributes):
        kernel = self.constant(layer + ".kernel", self.array(layer, "kernel"))
        bias = self.constant(layer + ".bias", self.array(layer, "bias"))
        total = self.node("Add", [self.node("MatMul", [value, kernel], layer + ".mul"), bias], layer + ".sum")
        return self.node(activation, [total], layer, **attributes)


def main():
    source, target = sys.argv[1:]
    g = Graph(weights(source))
    value = g.node("Transpose", ["cqt"], "planes", perm=[0, 3, 1, 2])
    value = g.affine("batch_normalization_1", value, (1, 2, 1, 1))
    value = g.convolution("conv2d_1", value, [2, 2, 2, 2])
    value = g.affine("batch_normalization_2", value, (1, 1, 1, 1))
    value = g.convolution("conv2d_2", value, [0, 0, 0, 0])
    value = g.affine("batch_normalization_3", value, (1, 72, 1, 1))
    value = g.node("Reshape", [value, g.constant("rows", [72, -1], np.int64)], "flat")
    value = g.node("Transpose", [value], "columns", perm=[1, 0])
    for name, numbers in (
        ("last", [-1]),
        ("nought", [0]),
        ("units", [UNITS]),
        ("second_axis", [1]),
        ("before_first", [-(1 << 31)]),
        ("first_axis", [0]),
        ("backwards", [-1]),
        ("gates_sizes", [2 * UNITS, UNITS]),
        ("halves", [UNITS, UNITS]),
        ("rows_of_units", [-1, UNITS]),
    ):
        g.constant(name, numbers, np.int64)
    g.constant("first", 0, np.int64)
    g.constant("zero", 0.0)
    value = g.gru("bidirectional_1", value)
    value = g.affine("batch_normalization_4", value, (1, 256))
    value = g.gru("bidirectional_2", value)
    pitch = g.dense("chord_pitch", value, "Sigmoid")
    root = g.dense("chord_root", value, "Softmax", axis=-1)
    bass = g.dense("chord_bass", value, "Softmax", axis=-1)
    value = g.node("Concat", [value, pitch, root, bass], "all", axis=1)
    value = g.affine("batch_normalization_5", value, (1, 294))
    tag = g.dense("chord_tag", value, "Softmax", axis=-1)
    for name, made in (("tag", tag), ("pitch", pitch), ("root", root), ("bass", bass)):
        g.node("Identity", [made], name)
    information = helper.make_tensor_value_info
    graph = helper.make_graph(
        g.nodes,
        "crema-chords",
        [information("cqt", TensorProto.FLOAT, [1, "frames", 216, 2])],
        [information(n, TensorProto.FLOAT, ["frames", k]) for n, k in (("tag", 170), ("pitch", 12), ("root", 13), ("bass", 13))],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="")
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, target)


if __name__ == "__main__":
    main()
