"""Lines to be spoken for the lessons: words of a language at random, so that every sound meets every other.

usage: texts.py LANG COUNT [--words FILE] > lines.txt
Words come from the package wordfreq (its commonest 6000), or from FILE, whose lines are phrases (for languages that do
not part words). The lines become phonemes with
    cargo run --release -p catbird-speech --example speak -- LANG < lines.txt > phonemes.txt
"""
import argparse, random


def main():
    a = argparse.ArgumentParser()
    a.add_argument('lang'), a.add_argument('count', type=int), a.add_argument('--words'), a.add_argument('--seed', type=int, default=5)
    a = a.parse_args()
    r = random.Random(a.seed)
    if a.words:
        phrases = [p.strip() for p in open(a.words) if p.strip()]
        for _ in range(a.count):
            print(', '.join(r.sample(phrases, r.choice((1, 2, 2, 3)))) + r.choice('..!?'))
        return
    import wordfreq
    words = [w for w in wordfreq.top_n_list(a.lang, 6000) if w.isalpha() and len(w) > 1]
    for _ in range(a.count):
        line = [r.choice(words[:150] if r.random() < .35 else words[:1500] if r.random() < .5 else words)
                for _ in range(r.randint(4, 9))]
        if a.lang == 'de':
            line = [w.capitalize() if r.random() < .4 else w for w in line]
        if r.random() < .3:
            line[r.randint(0, len(line) - 2)] += ','
        print(' '.join(line) + r.choice('...!,?'))


if __name__ == '__main__':
    main()
