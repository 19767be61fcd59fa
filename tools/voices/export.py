"""MODEL.pt of train.py as the net that is compiled into Catbird.

usage: export.py MODEL.pt crates/sound/data/house.onnx
Dense weights become int8 with one scale an output channel, everything else stays float. The voice is a row of shares of
the house voices, so any mixture of them can sing, and of the German helper behind them, who lends. Values in and out:
  ids int32 [1, L], language int32 [1], shares float [1, voices]  ->  text [1, L, 192], durations (log of 25 ms) [1, L]
  text, owner int32 [T], where float [1, T, 6], shares            ->  rows [1, T, 2 * 76]
"""
import sys, numpy as np, onnx, torch
from onnx import TensorProto as T, helper, numpy_helper as nh
from student import DILATION, KERNEL_FRAME, KERNEL_TEXT, Student
from train import HELPERS

LENDERS = ['de-p']


class Graph:
    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def name(self, stem):
        self.count += 1
        return f'{stem}{self.count}'

    def put(self, array, stem='w'):
        name = self.name(stem)
        self.weights.append(nh.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, op, inputs, out=None, **how):
        out = out or self.name(op.lower())
        self.nodes.append(helper.make_node(op, inputs, [out], **how))
        return out

    def dense(self, x, layer, out=None):
        w = layer.weight.detach().numpy().T
        scale = np.maximum(np.abs(w).max(0) / 127, 1e-8).astype(np.float32)
        q = self.put(np.round(w / scale).astype(np.int8))
        w = self.add('DequantizeLinear', [q, self.put(scale), self.put(np.zeros(len(scale), np.int8))], axis=1)
        return self.add('Add', [self.add('MatMul', [x, w]), self.put(layer.bias.detach().numpy())], out)

    def block(self, x, point, b, kernel, dilation):
        width = b.up.in_features
        y = self.add('Transpose', [x], perm=[0, 2, 1])
        pad = dilation * (kernel // 2)
        y = self.add('Conv', [y, self.put(b.depthwise.weight.detach().numpy()), self.put(b.depthwise.bias.detach().numpy())],
                     group=width, kernel_shape=[kernel], dilations=[dilation], pads=[pad, pad])
        y = self.add('Transpose', [y], perm=[0, 2, 1])
        y = self.add('LayerNormalization', [y, self.put(np.ones(width, np.float32)), self.put(np.zeros(width, np.float32))],
                     axis=-1, epsilon=1e-5)
        style = self.dense(point, b.style)
        half = lambda a, z: self.add('Slice', [style, self.put(np.array([a])), self.put(np.array([z])), self.put(np.array([1]))])
        gain = self.add('Add', [half(0, width), self.put(np.float32(1))])
        y = self.add('Add', [self.add('Mul', [y, gain]), half(width, 2 * width)])
        y = self.dense(y, b.up)
        erf = self.add('Erf', [self.add('Mul', [y, self.put(np.float32(.5 ** .5))])])
        y = self.add('Mul', [self.add('Mul', [y, self.put(np.float32(.5))]), self.add('Add', [erf, self.put(np.float32(1))])])
        return self.add('Add', [x, self.dense(y, b.down)])


def build(net):
    g = Graph()
    point = g.add('MatMul', ['shares', g.put(net.voice.weight.detach().numpy())])
    x = g.add('Gather', [g.put(net.symbol.weight.detach().numpy()), 'ids'], axis=0)
    x = g.add('Add', [x, g.add('Gather', [g.put(net.language.weight.detach().numpy()), 'language'], axis=0)])
    for k, b in enumerate(net.text):
        x = g.block(x, point, b, KERNEL_TEXT, 1)
    g.add('Identity', [x], 'text')
    g.dense('text', net.duration, 'durations')
    x = g.add('Gather', ['text', 'owner'], axis=1)
    x = g.dense(g.add('Concat', [x, 'where'], axis=-1), net.enter)
    for d, b in zip(DILATION, net.frames):
        x = g.block(x, point, b, KERNEL_FRAME, d)
    g.dense(x, net.leave, 'rows')
    value = helper.make_tensor_value_info
    ins = [value('ids', T.INT32, [1, 'L']), value('language', T.INT32, [1]), value('shares', T.FLOAT, [1, net.voice.num_embeddings]),
           value('owner', T.INT32, ['T']), value('where', T.FLOAT, [1, 'T', 6])]
    outs = [value(n, T.FLOAT, s) for n, s in (('text', [1, 'L', 192]), ('durations', [1, 'L', 1]), ('rows', [1, 'T', 152]))]
    graph = helper.make_graph(g.nodes, 'house', ins, outs, g.weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)


def main():
    saved = torch.load(sys.argv[1], map_location='cpu')
    voices, calm = len(saved['voices']), saved['calm']
    net = Student(voices + len(LENDERS)).eval()
    rows = list(range(voices)) + [voices + HELPERS.index(h) for h in LENDERS]
    net.load_state_dict({**calm, 'voice.weight': calm['voice.weight'][rows]})
    model = build(net)
    onnx.checker.check_model(model)
    onnx.save(model, sys.argv[2])
    print(sys.argv[2], len(model.SerializeToString()), 'bytes after', saved['steps'], 'steps')


if __name__ == '__main__':
    main()
