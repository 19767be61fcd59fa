"""Lessons in German, Spanish, French and Italian from SVOX Pico (Apache-2.0): a voice of 16 kHz for each language, which
become more voices of the training, as hibari's (dump_small.py), and are not exported. It is the only permissive German
speaker in the registries; the large teacher has none: of what its English and French voices say with German phonemes
Whisper base understands six words in ten. And it speaks two hundred times as fast as that teacher.

usage: dump_pico.py OUT --lang de --lines FILE --phonemes FILE --vocabulary FILE --minutes 30 [--seed 1]
FILE of lines: texts.py; FILE of phonemes: the same lines through the example `speak` of crates/speech.
ttspico 0.3.2 (PyPI, source) has to be built with pico.patch beside this file, which writes each phone's number and length.

Pico's phones have numbers and no names here: which of our sounds each one is comes out of aligning both readings of all
lines, over and over (a hidden Markov model's EM with two states, match and skip). What Pico spoke is what is learned:
where the readings differ its phone's commonest sound is written.
"""
import argparse, collections, glob, json, os, re, tempfile, numpy as np, pyworld
from scipy.signal import resample_poly
from bands import centres
from dump import RATE, SR


VOWELS, MARKS = 'aeiouyɛɪɔʊəɐøœIWY', 'ˈˌ'
# Of each language: its voice, the phones that no letter stands for (silence, the glottal stop), the closed halves of stops
# (their releases are phones of their own), and phones that are what they are whatever our reading says: consonants whose
# vowel is not spoken, the Castilian c and ll. Seen in what it says of short words.
VOICES = {'de': ('de-DE', {104, 43}, {99, 100}, {40: 'l', 41: 'm', 42: 'n'}), 'es': ('es-ES', {69}, {70, 71}, {42: 'θ', 40: 'ʎ'}),
          'fr': ('fr-FR', {82}, {83, 84}, {}), 'it': ('it-IT', {96}, {97, 98}, {})}
GLIDING = 'IWAOY'           # diphthongs of one sign that are two phones in Spanish and Italian
LAG = 2                     # as in student.py
LEAD = .1                   # seconds of silence ahead
BELOW = 7400                # Hz up to which 16 kHz speech says something


def spoken(phonemes, lang):
    """As Pico speaks it: German r at the back of the tongue, a vowel's tail where no vowel follows. Singers roll it."""
    if lang != 'de':
        return phonemes
    return re.sub(f'ɾ(?=[{MARKS}]?[{VOWELS}])', 'ʁ', phonemes).replace('ɾ', 'ɰ')


def units(phonemes, lang):
    """[(what stands before it: marks, spaces, punctuation; the sound's tokens)], and what is left behind the last. Halves of
    a diphthong are the sign with a < and a >."""
    out, before, i = [], '', 0
    while i < len(phonemes):
        c = phonemes[i]
        if c in MARKS or not c.isalpha():
            before += c
            i += 1
            continue
        if c in GLIDING and lang in ('es', 'it'):
            out += [(before, c + '<'), ('', c + '>')]
            before, i = '', i + 1
            continue
        n = 1
        while phonemes[i + n:i + n + 1] in ('ː', '\u0303'):
            n += 1
        out.append((before, phonemes[i:i + n]))
        before, i = '', i + n
    return out, before


def align(sounds, phones, cost):
    """Pairs (index of sound or None, index of phone or None) of the cheapest alignment."""
    n, m, skip = len(sounds), len(phones), 4.
    best = np.full((n + 1, m + 1), np.inf)
    best[0, :], best[:, 0] = skip * np.arange(m + 1), skip * np.arange(n + 1)
    for i in range(n):
        for j in range(m):
            best[i + 1, j + 1] = min(best[i, j] + cost(sounds[i], phones[j]), best[i, j + 1] + skip, best[i + 1, j] + skip)
    out, i, j = [], n, m
    while i or j:
        if i and j and best[i, j] == best[i - 1, j - 1] + cost(sounds[i - 1], phones[j - 1]):
            i, j = i - 1, j - 1
            out.append((i, j))
        elif i and best[i, j] == best[i - 1, j] + skip:
            i -= 1
            out.append((i, None))
        else:
            j -= 1
            out.append((None, j))
    return out[::-1]


def learn(read):
    """P(phone | sound) from lines [(sounds, phones)]."""
    seen = None
    for _ in range(7):
        if seen is None:
            # To begin with: vowels are where vowels are cannot be known, so whatever lies on the diagonal.
            seen = collections.defaultdict(collections.Counter)
            for sounds, phones in read:
                for i, s in enumerate(sounds):
                    for d in (-1, 0, 1):
                        j = round((i + .5) * len(phones) / len(sounds) - .5) + d
                        if 0 <= j < len(phones):
                            seen[s][phones[j]] += 2 - abs(d)
        cost = costs(seen)
        new = collections.defaultdict(collections.Counter)
        for sounds, phones in read:
            for i, j in align(sounds, phones, cost):
                if i is not None and j is not None:
                    new[sounds[i]][phones[j]] += 1
        seen = new
    return seen


def costs(seen):
    total = {s: sum(c.values()) for s, c in seen.items()}
    table = {(s, p): -np.log((n + .01) / (total[s] + .5)) for s, c in seen.items() for p, n in c.items()}
    return lambda s, p: min(table.get((s, p), 9.), 9.)


def whole(phones, edges, releases, closures):
    """Closures and their releases as one phone."""
    out, cuts = [], [edges[0]]
    for k, p in enumerate(phones):
        if p in closures and phones[k + 1:k + 2] and phones[k + 1] in releases:
            continue
        out.append(p)
        cuts.append(edges[k + 1])
    return out, np.array(cuts)


def speak(engine, text, log):
    open(log, 'w').close()
    x = np.frombuffer(engine.speak(text), np.int16).astype(np.float64) / 32768
    rows = [[int(v) for v in line.split()] for line in open(log)]
    phones, lengths = [r[0] for r in rows], np.array([.004 * sum(r[1:]) for r in rows])
    return x, phones, LEAD + np.concatenate([[0], np.cumsum(lengths)])


def timed(parts, end, phones, edges, pairs, sound_of, silent, certain):
    """[(token, seconds it lasts)] of what was spoken; marks and spaces take a little from their neighbours."""
    out, waiting, half = [(None, edges[0])], 0., 0.
    for i, j in pairs:
        before, sound = parts[i] if i is not None else ('', '')
        if j is None:
            out += [(c, .012) for c in before if c not in MARKS]
            continue
        length = edges[j + 1] - edges[j]
        sound = certain.get(phones[j]) or (sound if sound and sound_of(phones[j], sound) else sound_of(phones[j], None))
        if phones[j] in silent or sound is None:
            waiting += length
            continue
        marks = [c for c in before if c in MARKS and sound[0] in VOWELS] if before else []
        gaps = [c for c in before if c not in MARKS]
        for c in gaps:
            out.append((c, waiting / len(gaps) if waiting else .012))
        for c in marks:
            out.append((c, .02 + (0. if gaps else waiting)))
        lost = .02 * len(marks) + (0. if waiting else .012 * len(gaps)) - (waiting if not gaps and not marks else 0.)
        waiting = 0.
        if sound[1:] == '<':
            half = max(length - lost, .02)
            continue
        if sound[1:] == '>':
            sound, length, half = sound[0], length + half, 0.
        share = [.6, .4] if len(sound) == 2 else [1.] if len(sound) == 1 else [.5, .25, .25][:len(sound)]
        for c, w in zip(sound, share):
            out.append((c, max(length - lost, .02) * w))
    out += [(c, .012) for c in end if c not in MARKS]
    out.append((None, 0.))
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument('out'), a.add_argument('--lang', choices=list(VOICES), required=True), a.add_argument('--lines', required=True), a.add_argument('--phonemes', required=True)
    a.add_argument('--minutes', type=float, required=True), a.add_argument('--seed', type=int, default=1)
    a.add_argument('--vocabulary', required=True, help='vocab.json of the teacher')
    a = a.parse_args()
    log = tempfile.mktemp()
    os.environ['PICO_PHONES'] = log
    import ttspico
    name, silent, closures, certain = VOICES[a.lang]
    engine = ttspico.TtsEngine(name)
    vocabulary = json.load(open(a.vocabulary))
    lines, phonemes = (open(f).read().strip().split('\n') for f in (a.lines, a.phonemes))
    r = np.random.default_rng([a.seed, 99])
    read, seconds = [], 0.
    for k in r.permutation(len(lines)):
        engine.pitch = int(r.integers(70, 131))
        x, phones, edges = speak(engine, lines[k], log)
        if abs(edges[-1] - LEAD - len(x) / 16000) > .05:
            continue
        parts, end = units(spoken(phonemes[k], a.lang), a.lang)
        read.append((parts, end, x, phones, edges))
        seconds += len(x) / 16000
        if seconds > 60 * a.minutes:
            break
    after, all_of = collections.Counter(), collections.Counter()
    for _, _, _, phones, _ in read:
        all_of.update(phones)
        after.update(b for a, b in zip(phones, phones[1:]) if a in closures)
    releases = {p for p, n in after.items() if n > .6 * all_of[p] and p not in silent}
    print('releases', sorted(releases))
    read = [(parts, end, x, *whole(phones, edges, releases, closures)) for parts, end, x, phones, edges in read]
    seen = learn([([s for _, s in parts], [p for p in phones if p not in silent]) for parts, _, _, phones, _ in read])
    cost = costs(seen)
    named = collections.defaultdict(collections.Counter)
    for s, c in seen.items():
        for p, n in c.items():
            named[p][s] += n
    for p in sorted(named):
        print(p, dict(named[p].most_common(4)))
    for s in sorted(seen):
        print(s, dict(seen[s].most_common(4)))
    usual = {p: c.most_common(1)[0][0] for p, c in named.items()}

    def sound_of(phone, sound):
        if sound is None:
            return usual.get(phone)
        return seen[sound][phone] >= .1 * sum(seen[sound].values()) or usual.get(phone) == sound

    done, kept, agreed = len(glob.glob(f'{a.out}/{a.lang}-p{a.seed}-*.npz')), [], []
    for n, (parts, end, x, phones, edges) in enumerate(read):
        # Silence and stops keep their place in time but are not aligned.
        real = [j for j, p in enumerate(phones) if p not in silent]
        pairs, at = [], 0
        for i, j in align([s for _, s in parts], [phones[j] for j in real], cost):
            if j is not None:
                while at < real[j]:
                    pairs.append((None, at))
                    at += 1
                at = real[j] + 1
            pairs.append((i, None if j is None else real[j]))
        agreed.append(np.mean([i is not None and j is not None for i, j in pairs if j is None or phones[j] not in silent]))
        if agreed[-1] < .85:
            continue
        tokens = [(c, s) for c, s in timed(parts, end, phones, edges, pairs, sound_of, silent, certain) if c is None or c in vocabulary]
        ends = np.round(40 * np.cumsum([s for _, s in tokens])).astype(int)
        for k in range(len(ends)):
            ends[k] = max(ends[k], (ends[k - 1] if k else 0) + 1)
        ends[:-1] += LAG
        total = max(ends[-2] + 8, ends[-1])
        ends[-1] = total
        y = np.zeros(int(total * SR / 40))
        z = resample_poly(x, 3, 2)
        z = np.concatenate([np.zeros(int(LEAD * SR)), z])[:len(y)]
        y[:len(z)] = z
        y += 1e-4 * r.standard_normal(len(y))
        times = (np.arange(2 * total) + .5) / RATE
        f, t = pyworld.dio(y, SR, f0_floor=80, f0_ceil=500, frame_period=5.)
        f = pyworld.stonemask(y, f, t, SR)
        near = np.clip(np.round(times / .005).astype(int), 0, len(f) - 1)
        f0 = f[near]
        power = 10 * np.log10(pyworld.cheaptrick(y, f0, times, SR) + 1e-12)
        bins = np.arange(power.shape[1]) * SR / 2 / (power.shape[1] - 1)
        envelope = np.stack([np.interp(centres(), bins, row) for row in power])
        voiced = f0 > 60
        if voiced.sum() < 20:
            continue
        # As loud as the large teacher is.
        envelope += -36.5 - np.median(envelope[voiced][:, 8:50].mean(1))
        air = pyworld.code_aperiodicity(pyworld.d4c(y, f0, times, SR), SR)
        ids = [0 if c is None else vocabulary[c] for c, _ in tokens]
        kept.append(dict(ids=np.array(ids, np.int16), durations=np.diff(np.concatenate([[0], ends])).astype(np.int16),
                         f0=f0.astype(np.float32), envelope=envelope.astype(np.float16), air=air.astype(np.float16), voice=-2))
        if sum(len(u['f0']) for u in kept) > 90 * RATE or n == len(read) - 1:
            path = f'{a.out}/{a.lang}-p{a.seed}-{done:03d}.npz'
            np.savez(path + '.new.npz', **{f'{k}:{i}': v for i, u in enumerate(kept) for k, v in u.items()})
            os.rename(path + '.new.npz', path)
            done, kept = done + 1, []
            print(path, flush=True)
    print(f'{np.mean(agreed):.3f} of the sounds in both readings, {np.mean(np.array(agreed) >= .85):.2f} of the lines used')


if __name__ == '__main__':
    main()
