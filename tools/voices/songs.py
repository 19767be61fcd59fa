"""The judge's lines as Catbird sings them in songs: set to music by the program, rendered dry, cut line by line into the
folder that judge.py reads. sing_lines' random melodies stretch "the" over two beats; a song does not.

usage: songs.py CATBIRD OUT [--voices linnet,raven] [--langs en,es] [--kinds tune,unseen] [--tags pop] [--seed 1]
CATBIRD is the program (target/release/catbird).
"""
import argparse, json, os, re, subprocess, tempfile, soundfile

BEFORE, AFTER = .35, .35    # seconds kept around a line, as far as its neighbours leave room
HISSES = 'p t k f s ʃ θ x h ʦ ʧ ʨ ɕ c ç ʰ'.split()
VOWELS = 'AIOQWYaeiouyæœøɐɑɒɔəɘɚɛɜɤɨɪʊʌʏᵊᵻ'


def seconds(tempo, tick):
    """Of the file; marks are [{tick, bpm}], 480 ticks a quarter note."""
    out, marks = tempo['lead_seconds'], tempo['marks']
    for mark, after in zip(marks, marks[1:] + [None]):
        end = tick if after is None else min(tick, after['tick'])
        out += max(end - mark['tick'], 0) / 480 * 60 / mark['bpm']
    return out


def unvoiced(phonemes):
    before = re.match(f'[^{VOWELS}]*', phonemes)[0].strip('ˈˌː')
    return bool(before) and before[-1] in HISSES


def main():
    a = argparse.ArgumentParser()
    a.add_argument('catbird'), a.add_argument('out')
    a.add_argument('--voices', default='linnet,dove,starling,raven'), a.add_argument('--langs')
    a.add_argument('--kinds', default='tune,unseen,more'), a.add_argument('--tags', default='pop'), a.add_argument('--seed', type=int, default=1)
    a = a.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    os.makedirs(a.out, exist_ok=True)
    for lang, kinds in json.load(open(f'{here}/lines.json')).items():
        if a.langs and lang not in a.langs.split(','):
            continue
        for kind in a.kinds.split(','):
            if kind not in kinds:
                continue
            for voice in a.voices.split(','):
                with tempfile.TemporaryDirectory() as folder:
                    lyrics = '\n'.join('[verse]\n' * (k % 4 == 0) + line for k, line in enumerate(kinds[kind]))
                    subprocess.run([a.catbird, 'compose', '--lyrics', '-', '--tags', a.tags, '--voice', voice, '--voice-only',
                                    '--seed', str(a.seed), '--out', folder], input=lyrics, text=True, check=True, capture_output=True)
                    score = json.load(open(f'{folder}/score.json'))
                    x, sr = soundfile.read(f'{folder}/vocals_dry.wav')
                at = lambda tick: seconds(score['tempo'], tick)
                lines = score['vocal']['lines']
                spans = []
                for line in lines:
                    notes = [n for w in line['words'] for s in w['syllables'] for n in s['notes']]
                    spans.append((at(notes[0]['start']), at(notes[-1]['start'] + notes[-1]['length'])))
                for k, line in enumerate(lines):
                    if line['text'] not in kinds[kind]:
                        continue
                    left = max(spans[k][0] - BEFORE, (spans[k - 1][1] + spans[k][0]) / 2 if k else 0.)
                    right = min(spans[k][1] + AFTER, spans[k][1] + .6 * (spans[k + 1][0] - spans[k][1]) if k + 1 < len(lines) else 1e9)
                    syllables = [s for w in line['words'] for s in w['syllables']]
                    notes = [[at(n['start'] + n['nudge']) - left, at(n['start'] + n['nudge'] + n['length']) - left, n['pitch']]
                             for s in syllables for n in s['notes']]
                    before = [b for s in syllables for b in [unvoiced(s['phonemes'])] + [False] * (len(s['notes']) - 1)]
                    name = f"{a.out}/{lang}-{kind}-{k:02}-{voice}-{a.tags}{a.seed}"
                    soundfile.write(name + '.wav', x[int(left * sr):int(right * sr)], sr)
                    json.dump(dict(lang=lang, kind=kind, voice=voice, text=line['text'], notes=notes, consonant_before=before),
                              open(name + '.json', 'w'), ensure_ascii=False)


if __name__ == '__main__':
    main()
