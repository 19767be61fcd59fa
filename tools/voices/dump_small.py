"""More lessons in English from the small teacher, hibari (Apache-2.0, a student of the same family): one voice, but fifty
times as fast, so it can say what the large one has no time for. It becomes one more voice of the training, `teacher`,
which is not exported (its lessons are files en-s...); what it teaches about sounds and their neighbours all voices share.

usage: dump_small.py HIBARI_FOLDER OUT --texts FILE --minutes 60 [--seed 1]
HIBARI_FOLDER holds the three stages a, b, c of hibari.onnx (cut at the values named below) and vocab.json.
"""
import argparse, glob, json, os, numpy as np, onnx, onnxruntime as ort
from onnx import TensorProto as T
from bands import centres
from dump import RATE, melody
from teacher import part

TEXT, PROSODY = '/Transpose_22_output_0', '/Transpose_55_output_0'
DURATIONS, ENERGY, FRAMES = '/Clip_output_0', '/Mul_62_output_0', '/Reshape_42_output_0'


def split(path, folder):
    m = onnx.load(path)
    a = part(m, {'ids': ('ids', T.INT64, [1, 'L']), 'speed': ('speed', T.FLOAT, [1])},
             {DURATIONS: 'durations', TEXT: 'text', PROSODY: 'prosody'})
    b = part(m, {DURATIONS: ('durations', T.FLOAT, ['L']), TEXT: ('text', T.FLOAT, [1, 'C', 'L']),
                 PROSODY: ('prosody', T.FLOAT, [1, 'P', 'L'])}, {'f0': 'f0', ENERGY: 'energy', FRAMES: 'frames'})
    c = part(m, {FRAMES: ('frames', T.FLOAT, None), 'f0': ('f0', T.FLOAT, [1, 'F']), ENERGY: ('energy', T.FLOAT, [1, 'F'])},
             {k: k for k in ('lh', 'ln', 'lr')})
    for name, x in zip('abc', (a, b, c)):
        onnx.save(x, f'{folder}/{name}.onnx')


def main():
    p = argparse.ArgumentParser()
    p.add_argument('hibari'), p.add_argument('out'), p.add_argument('--texts', required=True)
    p.add_argument('--minutes', type=float, required=True), p.add_argument('--seed', type=int, default=1)
    p = p.parse_args()
    if not os.path.exists(f'{p.hibari}/a.onnx'):
        split(f'{p.hibari}/hibari.onnx', p.hibari)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    a, b, c = (ort.InferenceSession(f'{p.hibari}/{x}.onnx', options, providers=['CPUExecutionProvider']) for x in 'abc')
    vocabulary = json.load(open(f'{p.hibari}/vocab.json'))
    texts = [t for t in open(p.texts).read().split('\n') if 8 <= len(t) <= 140]
    r, seconds, kept = np.random.default_rng([p.seed, 77]), 0, []
    done = len(glob.glob(f'{p.out}/en-s{p.seed}-*.npz'))
    while seconds < p.minutes * 60:
        ids = np.array([[0] + [vocabulary[s] for s in texts[r.integers(len(texts))] if s in vocabulary] + [0]], np.int64)
        durations, text, prosody = a.run(['durations', 'text', 'prosody'],
                                         dict(ids=ids, speed=np.array([r.uniform(.78, 1.)], np.float32)))
        durations = np.maximum(np.round(durations.ravel()), 1).astype(np.float32)
        f0, energy, frames = b.run(['f0', 'energy', 'frames'], dict(durations=durations, text=text, prosody=prosody))
        pitch = melody(f0[0], 52, 61, r) if r.random() < .5 else np.where(
            f0[0] > 60, np.clip(f0[0] * 2 ** (r.uniform(-3, 5) / 12), 130, 280), f0[0])
        lh, ln, lr = (x[0].T.astype(np.float64) for x in c.run(['lh', 'ln', 'lr'],
                      dict(frames=frames, f0=pitch[None].astype(np.float32), energy=energy)))
        # Its branches as one power density, in the measure of the large teacher (crates/sound of Catbird folded them so).
        power = np.exp(2 * np.minimum(lh, 7)) * np.where(pitch > 60, 30 / np.maximum(pitch, 60), 1e-6)[:, None] \
            + np.exp(2 * np.minimum(lr, 7)) + .25 * np.exp(2 * np.minimum(ln, 7))
        level = 10 * np.log10(power / 450 + 1e-12)
        envelope = np.stack([np.interp(centres(), np.arange(601) * 20., row) for row in level])
        kept.append(dict(ids=ids[0].astype(np.int16), durations=durations.astype(np.int16), f0=pitch.astype(np.float32),
                         envelope=envelope.astype(np.float16), air=np.zeros((len(pitch), 3), np.float16), voice=-1))
        seconds += len(pitch) / RATE
        if sum(len(u['f0']) for u in kept) > 90 * RATE:
            path = f'{p.out}/en-s{p.seed}-{done:03d}.npz'
            np.savez(path + '.new.npz', **{f'{k}:{i}': v for i, u in enumerate(kept) for k, v in u.items()})
            os.rename(path + '.new.npz', path)
            done, kept = done + 1, []


if __name__ == '__main__':
    main()
