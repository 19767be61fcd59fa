"""Sung lines against what was asked: words, notes, onsets, by voice and language.

usage: judge.py FOLDER [--whisper MODEL_DIR]
FOLDER is what `cargo run --release -p catbird-sound --example sing_lines` wrote: NAME.wav (dry voice) and NAME.json
{"lang", "kind", "voice", "text", "notes": [[from s, to s, MIDI pitch]], "consonant_before": [whether an unvoiced one stands
directly before the vowel]}.
Judges that Catbird does not ship: Whisper base for the words, swift-f0 for the pitch.
"""
import argparse, collections, glob, json, os, re, unicodedata, numpy as np, soundfile
from scipy.signal import butter, resample_poly, sosfiltfilt


def plain(text, lang):
    text = unicodedata.normalize('NFKC', text.lower().replace('’', "'"))
    text = text.replace('œ', 'oe')       # ligatures that dictionaries write and Whisper does not
    text = re.sub(r"[^\w\s']", ' ', text)
    return ''.join(text.split()) if lang in ('ja', 'zh') else ' '.join(text.split())


def kana(text):
    """Japanese by its sound: whether a word is written in kanji or kana is not sung."""
    import pyopenjtalk
    return pyopenjtalk.g2p(text, kana=True)


def simplified(text):
    """Mandarin in simplified characters: Whisper writes either. OpenCC leaves 著, which is also a word of its own."""
    import opencc
    return opencc.OpenCC('t2s').convert(text).replace('著', '着')


def wrong(text, heard, lang):
    import jiwer
    a, b = plain(text, lang), plain(heard, lang)
    if lang == 'ja':
        a, b = kana(a), kana(b)
    if lang == 'zh':
        a, b = simplified(a), simplified(b)
    out = jiwer.process_characters(a, b or '*') if lang in ('ja', 'zh') else jiwer.process_words(a, b or '*')
    return out.substitutions + out.deletions + out.insertions, out.hits + out.substitutions + out.deletions


def onsets(x, sr, notes, consonants):
    """ms between the score and the low band's rise through -9 dB of the vowel, where a consonant comes before."""
    low = sosfiltfilt(butter(4, [100, 1000], 'band', fs=sr, output='sos'), x.astype(np.float64))
    window = np.hanning(int(.02 * sr))
    e = 10 * np.log10(np.convolve(low ** 2, window / window.sum(), 'same')[::int(.005 * sr)] + 1e-10)
    step, out = int(.005 * sr) / sr, []
    for (start, end, _), unvoiced in zip(notes, consonants):
        a, b = int(start / step), int(min(end, start + .4) / step)
        if not unvoiced or a < 20 or b - a < 12:
            continue
        edge, span = np.median(e[a + 6:b]) - 9, e[a - 16:a + 24]
        rise = np.flatnonzero((span[:-1] < edge) & (span[1:] >= edge))
        if len(rise):
            out.append(1000 * step * (rise[np.argmin(abs(rise - 16))] - 16))
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument('folder'), a.add_argument('--whisper', default='whisper-base'), a.add_argument('--verbose', action='store_true')
    a = a.parse_args()
    from faster_whisper import WhisperModel
    from swift_f0 import SwiftF0
    listener, tracker = WhisperModel(a.whisper, device='cpu', compute_type='int8', cpu_threads=2), SwiftF0(threads=2)
    words, cents, odd, late = (collections.defaultdict(list) for _ in range(4))
    for path in sorted(glob.glob(f'{a.folder}/*.json')):
        s = json.load(open(path))
        x, sr = soundfile.read(path[:-4] + 'wav')
        x = (x.mean(1) if x.ndim > 1 else x).astype(np.float32)
        y = resample_poly(x.astype(np.float64), 160, 441).astype(np.float32)
        said = listener.transcribe(y, language=s['lang'], beam_size=5, condition_on_previous_text=False, temperature=0.,
                                   without_timestamps=True)[0]
        heard = ' '.join(p.text.strip() for p in said)
        bad, total = wrong(s['text'], heard, s['lang'])
        words[s['lang'], s['kind'], s['voice']].append((bad, total))
        if a.verbose:
            print(f"{s['lang']} {s['kind']:10} {s['voice']:9} {bad}/{total}  {s['text']}  ->  {heard}", flush=True)
        r = tracker.detect(x, sr, fmin=46.875, fmax=1400)
        t, f, sure = r.timestamps, r.pitch_hz, r.confidence >= .5
        for start, end, pitch in s['notes']:
            q = sure & (t >= start + .25 * (end - start)) & (t < start + .85 * (end - start))
            c = float(np.median(100 * (69 + 12 * np.log2(f[q] / 440) - pitch))) if q.sum() >= 3 else None
            (odd if c is None or abs(c) > 600 else cents)[s['voice']].append(c)
        late[s['voice']] += onsets(x, sr, s['notes'], s['consonant_before'])
    share = lambda v: f'{100 * sum(b for b, _ in v) / sum(t for _, t in v):.1f} % of {sum(t for _, t in v)}'
    print('\nwords (characters for ja, zh) heard wrongly')
    for key in sorted({k[:2] for k in words}):
        of = {v: words[*key, v] for (l, k, v) in words if (l, k) == key}
        each = sorted((sum(b for b, _ in w) / sum(t for _, t in w), v) for v, w in of.items())
        print(f'  {key[0]} {key[1]:11} {share([x for w in of.values() for x in w]):20}'
              f' worst {each[-1][1]} {100 * each[-1][0]:.1f} %, median voice {100 * each[len(each) // 2][0]:.1f} %')
    print('notes: cents median, p95; octave jumps and untracked; vowel onset ms median, p90')
    for v in sorted(cents):
        c, o = np.abs(cents[v]), np.abs(late[v]) if late[v] else np.array([np.nan])
        print(f'  {v:9} {np.median(c):5.1f} {np.percentile(c, 95):5.1f}   {len(odd[v])} of {len(c) + len(odd[v])}'
              f'   {np.median(o):.0f} {np.percentile(o, 90):.0f}  (signed median {np.median(late[v] or [np.nan]):.0f})')


if __name__ == '__main__':
    main()
