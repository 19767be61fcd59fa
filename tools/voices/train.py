"""Trains the student on what dump.py wrote.

usage: train.py DUMP MODEL.pt --minutes 60 [--threads 2] [--fresh]
Lessons that appear in DUMP while it runs are taken in. Stopped and started again it goes on where it was: the learning
rate follows the share of --minutes that has been trained, over all runs. One utterance in thirty is never learned
from and measures the progress (mean |dB| of voiced frames, by language).
"""
import argparse, glob, json, os, random, time, zlib, numpy as np, torch
from bands import centres
from student import BANDS, LANGUAGES, ROW, SCALE, Student, places, ungapped, without_tones

BATCH = 64 * 40     # 25 ms in a batch
# Voices that only help to train, by how the seeds of their files begin: dump_small.py, dump_pico.py, by language.
HELPERS = ['en-s', 'de-p', 'es-p', 'fr-p', 'it-p']
# How often a lesson is told to be in some other language, so that a language is not how somebody sounds: one time in ten,
# and half of the time where one voice is alone in its language.
MISTOLD = {'de-p': .5}
PICO_HZ = 7400      # no more is known of a voice of 16 kHz


def lessons(path, voices):
    """The lessons of a file; the helpers' voices are the rows after the last of `voices`."""
    helper = os.path.basename(path)[:4]
    helper = helper if helper in HELPERS else ''
    known = np.ones(ROW, np.float32)
    if helper.endswith('p'):
        known[:BANDS][centres() > PICO_HZ] = 0.
        known[BANDS + 2:] = 0.
    z, lang = np.load(path), LANGUAGES.index(os.path.basename(path).split('-')[0])
    for i in range(sum(k.startswith('ids:') for k in z.files)):
        ids, durations = without_tones(z[f'ids:{i}'].astype(int), z[f'durations:{i}'].astype(int))
        f0, envelope, air = z[f'f0:{i}'], z[f'envelope:{i}'].astype(np.float32), z[f'air:{i}'].astype(np.float32)
        owner, where = places(durations, ungapped(f0))
        if 2 * len(owner) != len(f0):
            continue
        rows = np.concatenate([envelope / SCALE, (f0 > 60)[:, None], air / SCALE], 1).astype(np.float32)
        # Frames of silence matter little; their level is the teacher's noise floor.
        loud = np.where(envelope.max(1) > envelope.max() - 60, 1., .2).astype(np.float32)
        yield dict(ids=ids, durations=durations, owner=owner, where=where, rows=rows, loud=loud,
                   voice=voices + HELPERS.index(helper) if helper else int(z[f'voice:{i}']), lang=lang, known=known,
                   mistold=MISTOLD.get(helper, .1))


def batch(us, r=None):
    B, L, T = len(us), max(len(u['ids']) for u in us), max(len(u['owner']) for u in us)
    ids, tmask, log = torch.zeros(B, L, dtype=torch.long), torch.zeros(B, L, 1), torch.zeros(B, L)
    owner, where, fmask = torch.zeros(B, T, dtype=torch.long), torch.zeros(B, T, 6), torch.zeros(B, T, 1)
    rows, weight, known = torch.zeros(B, 2 * T, ROW), torch.zeros(B, 2 * T), torch.tensor(np.stack([u['known'] for u in us]))
    for b, u in enumerate(us):
        l, t = len(u['ids']), len(u['owner'])
        ids[b, :l], tmask[b, :l], log[b, :l] = torch.tensor(u['ids']), 1, torch.tensor(np.log(np.maximum(u['durations'], 1)))
        owner[b, :t], where[b, :t], fmask[b, :t] = torch.tensor(u['owner']), torch.tensor(u['where']), 1
        rows[b, :2 * t], weight[b, :2 * t] = torch.tensor(u['rows']), torch.tensor(u['loud'])
    told = [r.randrange(len(LANGUAGES)) if r and r.random() < u['mistold'] else u['lang'] for u in us]
    voice, lang = torch.tensor([u['voice'] for u in us]), torch.tensor(told)
    return ids, tmask, log, owner, where, fmask, rows, weight, voice, lang, known[:, None]


def run(net, b):
    ids, tmask, log, owner, where, fmask, rows, weight, voice, lang, known = b
    point = net.voice(voice)
    text, duration = net.read(ids, lang, point, tmask)
    return net.speak(text * tmask, owner, where, point, fmask), duration


def loss(net, b, bands):
    ids, tmask, log, owner, where, fmask, rows, weight, voice, lang, known = b
    said, duration = run(net, b)
    total = weight.sum()
    off = (said - rows) * known
    error = off[..., :BANDS]
    mean = lambda x: (x.mean(-1) * weight).sum() / total
    shape = mean(error.abs() * bands)
    # Formants are in the differences between bands, consonants in those between frames.
    ripple = mean((error[..., 2:] - error[..., :-2]).abs())
    motion = ((error[:, 1:] - error[:, :-1]).abs().mean(-1) * weight[:, 1:]).sum() / total
    voicing = (nn_bce(said[..., BANDS], rows[..., BANDS]) * weight).sum() / total
    air = mean(off[..., BANDS + 1:].abs() * rows[..., BANDS:BANDS + 1])
    pace = ((duration - log).abs()[..., None] * tmask).sum() / tmask.sum()
    return shape + .5 * ripple + .5 * motion + .3 * voicing + .3 * air + .1 * pace


nn_bce = lambda x, y: torch.nn.functional.binary_cross_entropy_with_logits(x, y, reduction='none')


def exam(net, held):
    """Mean |dB| over voiced frames, share of wrong voicing and mean |log| of durations, by language."""
    out = {}
    with torch.no_grad():
        for k, lang in enumerate(LANGUAGES):
            us = [u for u in held if u['lang'] == k][:24]
            if us:
                b = batch(us)
                said, duration = run(net, b)
                voiced = (b[6][..., BANDS] > .5) & (b[7] > .5)
                db = SCALE * ((said - b[6]) * b[10])[..., :BANDS].abs().mean(-1)[voiced].mean()
                wrong = ((said[..., BANDS] > 0) != (b[6][..., BANDS] > .5))[b[7] > .5].float().mean()
                pace = ((duration - b[2]).abs()[..., None] * b[1]).sum() / b[1].sum()
                out[lang] = f'{db:.2f} {100 * wrong:.1f}% {pace:.2f}'
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument('dump'), a.add_argument('model')
    a.add_argument('--minutes', type=float, default=240), a.add_argument('--threads', type=int, default=2)
    a.add_argument('--rate', type=float, default=2e-3), a.add_argument('--fresh', action='store_true')
    a.add_argument('--start', help='a model whose weights are begun with, as when a voice is added')
    a = a.parse_args()
    torch.set_num_threads(a.threads)
    voices = list(json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'voices.json'))))
    torch.manual_seed(1)
    # The helpers' voices are not exported.
    net, calm = Student(len(voices) + len(HELPERS)), Student(len(voices) + len(HELPERS))
    if a.start:
        start = torch.load(a.start)
        old, rows = start['calm'], net.voice.weight.detach().clone()
        for k, v in enumerate(start['voices']):
            rows[voices.index(v)] = old['voice.weight'][k]
        for k, row in enumerate(old['voice.weight'][len(start['voices']):]):
            rows[len(voices) + k] = row
        net.load_state_dict({**old, 'voice.weight': rows})
    calm.load_state_dict(net.state_dict())      # the running mean of the weights, which is what is kept
    dense = [p for p in net.parameters() if p.ndim > 1]
    optimiser = torch.optim.AdamW([{'params': dense, 'weight_decay': .01},
                                   {'params': [p for p in net.parameters() if p.ndim < 2], 'weight_decay': 0.}],
                                  lr=a.rate, betas=(.9, .98))
    steps, trained = 0, 0.
    if os.path.exists(a.model) and not a.fresh:
        saved = torch.load(a.model)
        net.load_state_dict(saved['net']), calm.load_state_dict(saved['calm']), optimiser.load_state_dict(saved['optimiser'])
        steps, trained = saved['steps'], saved['trained']
    print(sum(p.numel() for p in net.parameters()), 'parameters', flush=True)
    bands = torch.linspace(1.3, .7, BANDS)
    known, learn, held, queue, mean = set(), [], [], [], []
    looked, told, begin = 0., time.time(), time.time()
    r = random.Random(steps)
    before = trained
    while trained < 60 * a.minutes:
        if time.time() - looked > 60:
            looked = time.time()
            for path in sorted(set(glob.glob(f'{a.dump}/*.npz')) - known):
                if path.endswith('.new.npz'):
                    continue
                known.add(path)
                for u in lessons(path, len(voices)):
                    (held if zlib.crc32(u['ids'].tobytes()) % 30 == 0 else learn).append(u)
        if not steps and not a.start:
            with torch.no_grad():
                net.leave.bias.copy_(torch.tensor(np.concatenate([u['rows'] for u in learn]).mean(0)).repeat(2))
                calm.load_state_dict(net.state_dict())
        if not queue:
            # Utterances of about the same length together, the batches in any order.
            order = sorted(learn, key=lambda u: len(u['owner']) + r.uniform(-10, 10))
            while order:
                us, longest = [], 0
                while order and (len(us) + 1) * max(longest, len(order[-1]['owner'])) <= BATCH or not us:
                    u = order.pop()
                    us.append(u)
                    longest = max(longest, len(u['owner']))
                queue.append(us)
            r.shuffle(queue)
        share = trained / (60 * a.minutes)
        rate = a.rate * min(1, (steps + 1) / 300) * (.01 + .99 * .5 * (1 + np.cos(np.pi * min(share, 1))))
        for group in optimiser.param_groups:
            group['lr'] = rate
        l = loss(net, batch(queue.pop(), r), bands)
        optimiser.zero_grad()
        l.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.)
        optimiser.step()
        steps += 1
        trained = before + time.time() - begin
        keep = min(.999, (1 + steps) / (10 + steps))
        with torch.no_grad():
            for slow, fast in zip(calm.parameters(), net.parameters()):
                slow.lerp_(fast, 1 - keep)
        mean.append(float(l))
        if time.time() - told > 120 or trained >= 60 * a.minutes:
            told = time.time()
            print(f'{steps} steps {trained / 60:.0f} min, {len(learn)} lessons, loss {np.mean(mean):.4f}', exam(calm, held), flush=True)
            mean = []
            torch.save(dict(net=net.state_dict(), calm=calm.state_dict(), optimiser=optimiser.state_dict(), steps=steps,
                            trained=trained, voices=voices), a.model + '.new')
            os.replace(a.model + '.new', a.model)


if __name__ == '__main__':
    main()
