"""Whether voices can be told apart: distances between voices against those between two halves of one voice's songs.

usage: apart.py FOLDER     (what `sing_lines` wrote; several lines a voice)
Two measures over the voiced frames of each half: the mean spectral envelope (WORLD's CheapTrick at swift-f0's pitch,
72 mel bands, level taken out; RMS dB) and the first three formants (medians of the roots of a 14th-order LPC at 10 kHz;
RMS of the logs, per cent).
"""
import collections, glob, itertools, json, sys, zlib, numpy as np, pyworld, soundfile
from scipy.linalg import solve_toeplitz
from scipy.signal import resample_poly
from bands import centres


def formants(x, rate, times):
    out = []
    for t in times:
        a = int(t * rate)
        frame = x[a - 160:a + 160] if a > 160 else x[:0]
        if len(frame) < 320 or np.abs(frame).max() < 1e-3:
            continue
        frame = np.append(frame[0], frame[1:] - .97 * frame[:-1]) * np.hamming(320)
        r = np.correlate(frame, frame, 'full')[319:319 + 15]
        r[0] *= 1 + 1e-6
        roots = np.roots(np.concatenate([[1], solve_toeplitz(r[:14], -r[1:15])]))
        roots = roots[roots.imag > .01]
        hz = np.angle(roots) * rate / 2 / np.pi
        width = -rate / np.pi * np.log(np.abs(roots))
        hz = np.sort(hz[(hz > 200) & (width < 500)])
        if len(hz) >= 3:
            out.append(hz[:3])
    return np.median(np.log(out), 0)


def main():
    from swift_f0 import SwiftF0
    tracker, halves = SwiftF0(threads=1), collections.defaultdict(lambda: ([], []))
    bands = centres()
    for path in sorted(glob.glob(f'{sys.argv[1]}/*.json')):
        sheet = json.load(open(path))
        x, sr = soundfile.read(path[:-4] + 'wav')
        r = tracker.detect(x.astype(np.float32), sr, fmin=46.875, fmax=1400)
        x = resample_poly(x, 240, 441)
        sure = (r.confidence > .7)
        t, f = r.timestamps[sure], r.pitch_hz[sure].astype(np.float64)
        power = 10 * np.log10(pyworld.cheaptrick(x, f, t, 24000) + 1e-12)
        e = np.stack([np.interp(bands, np.arange(power.shape[1]) * 24000 / 2 / (power.shape[1] - 1), p) for p in power])
        loud = e[:, :40].mean(1) > np.median(e[:, :40].mean(1)) - 5
        e = e[loud]
        half = halves[sheet['voice']][zlib.crc32(sheet['text'].encode()) % 2]
        half.append((e - e[:, 5:60].mean(1)[:, None], formants(resample_poly(x, 10, 24), 10000, t[loud][::3])))
    means = {v: [(np.concatenate([e for e, _ in h]).mean(0)[4:64], np.mean([g for _, g in h], 0)) for h in hs]
             for v, hs in halves.items() if hs[0] and hs[1]}
    envelope = lambda a, b: float(np.sqrt(((a[0] - b[0]) ** 2).mean()))
    formant = lambda a, b: float(100 * np.sqrt(((a[1] - b[1]) ** 2).mean()))
    for name, far in (('envelope, dB', envelope), ('formants, %', formant)):
        own = {v: far(*h) for v, h in means.items()}
        # Both halves of two voices: the mean of the four distances.
        between = {(a, b): np.mean([far(p, q) for p in means[a] for q in means[b]]) for a, b in itertools.combinations(means, 2)}
        worst = min(between, key=lambda ab: between[ab] / max(own[ab[0]], own[ab[1]]))
        print(f'{name}: two halves of one voice median {np.median(list(own.values())):.2f}, worst {max(own.values()):.2f};'
              f' two voices median {np.median(list(between.values())):.2f}, least {min(between.values()):.2f}'
              f' ({"/".join(min(between, key=between.get))}); least ratio to the larger of their own'
              f' {between[worst] / max(own[worst[0]], own[worst[1]]):.2f} ({"/".join(worst)});'
              f' pairs over twice: {sum(d > 2 * max(own[a], own[b]) for (a, b), d in between.items())} of {len(between)}')


if __name__ == '__main__':
    main()
