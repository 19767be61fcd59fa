"""What the teacher says, as lessons for the student: token ids, durations, pitch, envelope, breathiness.

usage: dump.py TEACHER OUT --lang en --texts FILE --minutes 40 --seed 1
FILE has one phoneme string a line (texts.py, then the example `speak` of crates/speech). Every utterance is spoken by another house
voice, at a pitch of ours: its own melody moved by up to half an octave, or notes from the range the voice sings.
Writes OUT/<lang>-<seed>-<n>.npz, a minute or two each; started again, it goes on with the next number.
"""
import argparse, glob, json, os, time, numpy as np, pyworld
from bands import centres
from teacher import Teacher

RATE, SR = 80, 24000
# Who speaks a language as its own, by gender: the prosody is theirs, and so is a share of the sound. With the house
# voice's own sound alone (they are nearly all English) a third of the French and Italian words were not understood by
# Whisper base, with half of it a native's one in twenty and one in six, as from the native alone.
NATIVE = {'es': ('ef_dora', 'em_alex'), 'fr': ('ff_siwis', 'ff_siwis'), 'it': ('if_sara', 'im_nicola'),
          'pt': ('pf_dora', 'pm_alex'), 'ja': ('jf_alpha', 'jm_kumo'), 'zh': ('zf_xiaoxiao', 'zm_yunxi'),
          'de': ('ff_siwis', 'bm_george')}
ACCENT = {'es': .5, 'fr': .5, 'it': .5, 'pt': .5, 'zh': .4, 'ja': .3}


def melody(f0, low, high, r):
    """Notes of 0.15 - 0.9 s walking through the range, joined by glides, instead of the spoken pitch."""
    notes, at, p = np.zeros(len(f0)), 0, r.uniform(low, high)
    while at < len(f0):
        n = int(r.uniform(.15, .9) * RATE)
        notes[at:at + n] = p
        at += n
        p = np.clip(p + r.integers(-5, 6), low, high)
    k = np.hanning(9)
    notes = np.convolve(np.pad(notes, 4, mode='edge'), k / k.sum(), 'valid')
    return np.where(f0 > 60, 440 * 2 ** ((notes - 69) / 12), f0)


def lesson(teacher, phonemes, voice, lang, r):
    styles = prosody = voice['styles']
    if lang in NATIVE:
        native, share = NATIVE[lang][voice['gender'] == 'male'], ACCENT.get(lang, 0.)
        prosody = {native: 1.}
        styles = {s: w * (1 - share) for s, w in styles.items()}
        styles[native] = styles.get(native, 0.) + share
    ids, durations, f0, energy, asr, style = teacher.read(phonemes, styles, prosody, r.uniform(.78, 1.))
    if r.random() < .7:
        f0 = melody(f0, *voice['sung'], r)
    else:
        f0 = np.where(f0 > 60, np.clip(f0 * 2 ** (r.uniform(-3, 7) / 12), 62, 600), f0)
    f0 = f0.astype(np.float32)
    x = teacher.speak(f0, energy, asr, style).astype(np.float64)
    times, pitch = (np.arange(len(f0)) + .5) / RATE, np.where(f0 > 60, f0, 0).astype(np.float64)
    power = 10 * np.log10(pyworld.cheaptrick(x, pitch, times, SR) + 1e-12)
    bins = np.arange(power.shape[1]) * SR / 2 / (power.shape[1] - 1)
    envelope = np.stack([np.interp(centres(), bins, row) for row in power])
    air = pyworld.code_aperiodicity(pyworld.d4c(x, pitch, times, SR), SR)
    return dict(ids=ids.astype(np.int16), durations=durations.astype(np.int16), f0=f0,
                envelope=envelope.astype(np.float16), air=air.astype(np.float16))


def main():
    a = argparse.ArgumentParser()
    a.add_argument('teacher'), a.add_argument('out')
    a.add_argument('--lang', required=True), a.add_argument('--texts', required=True)
    a.add_argument('--minutes', type=float, required=True), a.add_argument('--seed', type=int, default=0)
    a.add_argument('--only', help='one voice, as when a voice is added')
    a = a.parse_args()
    voices = json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'voices.json')))
    names = list(voices)
    texts = [t for t in open(a.texts).read().split('\n') if t]
    os.makedirs(a.out, exist_ok=True)
    done = len(glob.glob(f'{a.out}/{a.lang}-{a.seed}-*.npz'))
    r = np.random.default_rng([a.seed, done, sum(map(ord, a.lang))])
    teacher, seconds, kept, started = Teacher(a.teacher), 0, [], time.time()
    order = []
    while seconds < a.minutes * 60:
        if not order:
            order = [a.only] if a.only else list(r.permutation(names))
        name, text = order.pop(), texts[r.integers(len(texts))]
        if not 8 <= len(text) <= 140:
            continue
        u = lesson(teacher, text, voices[name], a.lang, r)
        u['voice'] = names.index(name)
        kept.append(u)
        seconds += len(u['f0']) / RATE
        if sum(len(u['f0']) for u in kept) > 90 * RATE or seconds >= a.minutes * 60:
            path = f'{a.out}/{a.lang}-{a.seed}-{done:03d}.npz'
            np.savez(path + '.new.npz', **{f'{k}:{i}': v for i, u in enumerate(kept) for k, v in u.items()})
            os.rename(path + '.new.npz', path)
            done, kept = done + 1, []
            print(path, f'{seconds:.0f} s of speech in {time.time() - started:.0f} s', flush=True)


if __name__ == '__main__':
    main()
