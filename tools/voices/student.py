"""The student: which envelope each 12.5 ms of natural speech has, for a voice, a language, tokens and a pitch.

Tokens are read at token rate; the frames run at 40 Hz, the rate in which the teacher counts durations, and each gives
two rows of 80 Hz. The voice enters as a point of a small space, so that points between two voices are voices, too.
The same net in plain Rust is crates/sound/src/voice/net.rs; change both or none.
"""
import numpy as np, torch
from torch import nn

SYMBOLS, LANGUAGES = 178, ['en', 'es', 'fr', 'de', 'it', 'pt', 'ja', 'zh']
TONES = {169, 171, 172, 173}    # arrows of Mandarin: a melody replaces them
TEXT, FRAME, SPACE, BANDS, AIR = 192, 256, 24, 72, 3
ROW = BANDS + 1 + AIR           # envelope, voicing, breathiness
LAG = 2                         # a token sounds this many 25 ms before its boundary
KERNEL_TEXT, KERNEL_FRAME = 5, 7
DILATION = [1, 2, 1, 2, 1, 1]
SCALE = 10.0                    # dB a unit of the envelope


class Block(nn.Module):
    """ConvNeXt: depthwise convolution, layer norm moved by the voice, two dense layers, residual."""

    def __init__(self, width, kernel, dilation, space):
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, kernel, padding=dilation * (kernel // 2), dilation=dilation, groups=width)
        self.norm = nn.LayerNorm(width, elementwise_affine=False, eps=1e-5)
        self.style = nn.Linear(space, 2 * width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        nn.init.zeros_(self.style.weight), nn.init.zeros_(self.style.bias)
        nn.init.normal_(self.down.weight, std=.02), nn.init.zeros_(self.down.bias)

    def forward(self, x, voice, mask):
        y = self.depthwise((x * mask).transpose(1, 2)).transpose(1, 2)
        gain, shift = self.style(voice)[:, None].chunk(2, -1)
        y = self.norm(y) * (1 + gain) + shift
        return x + self.down(nn.functional.gelu(self.up(y)))


class Student(nn.Module):
    def __init__(self, voices):
        super().__init__()
        self.symbol, self.language = nn.Embedding(SYMBOLS, TEXT), nn.Embedding(len(LANGUAGES), TEXT)
        self.voice = nn.Embedding(voices, SPACE)
        for e in (self.symbol, self.language, self.voice):
            nn.init.normal_(e.weight, std=.3)
        self.text = nn.ModuleList(Block(TEXT, KERNEL_TEXT, 1, SPACE) for _ in range(4))
        self.duration = nn.Linear(TEXT, 1)
        self.enter = nn.Linear(TEXT + 6, FRAME)
        self.frames = nn.ModuleList(Block(FRAME, KERNEL_FRAME, d, SPACE) for d in DILATION)
        self.leave = nn.Linear(FRAME, 2 * ROW)

    def read(self, ids, language, voice, mask):
        """ids [B, L], language [B], voice [B, SPACE] -> what each token is [B, L, TEXT], log duration [B, L] in 25 ms."""
        x = self.symbol(ids) + self.language(language)[:, None]
        for b in self.text:
            x = b(x, voice, mask)
        return x, self.duration(x)[..., 0]

    def speak(self, x, owner, where, voice, mask):
        """owner [B, T] the token of each 25 ms, where [B, T, 6] of `places` -> rows [B, 2T, ROW]."""
        x = torch.gather(x, 1, owner[..., None].expand(-1, -1, TEXT))
        x = self.enter(torch.cat([x, where], -1))
        for b in self.frames:
            x = b(x, voice, mask)
        y = self.leave(x)
        return y.reshape(y.shape[0], -1, ROW)


def without_tones(ids, durations):
    """Tone arrows leave, their time goes to the token before."""
    keep = [k for k in range(len(ids)) if int(ids[k]) not in TONES]
    owner = np.cumsum([int(i) not in TONES for i in ids]) - 1
    return ids[keep], np.bincount(np.maximum(owner, 0), weights=durations, minlength=len(keep)).astype(int)


def places(durations, f0):
    """durations [L] in 25 ms, f0 [2T] Hz without gaps -> owner [T], where [T, 6]: how far through the token, 25 ms since
    its begin and to its end (at most 12, over 6), log duration, and the octaves above 200 Hz of both rows."""
    edges = np.concatenate([[0], np.cumsum(durations)])
    edges[1:-1] = np.maximum(edges[1:-1] - LAG, 1)
    edges = np.maximum.accumulate(edges)
    total, owner = edges[-1], np.zeros(edges[-1], int)
    for k in range(len(durations)):
        owner[edges[k]:edges[k + 1]] = k
    at, length = np.arange(total) - edges[owner] + .5, (edges[1:] - edges[:-1])[owner]
    octave = np.log2(np.asarray(f0[:2 * total]).reshape(-1, 2) / 200.)
    where = np.stack([at / length, np.minimum(at, 12) / 6, np.minimum(length - at, 12) / 6, np.log(length) / 3], 1)
    return owner, np.concatenate([where, octave], 1).astype(np.float32)


def ungapped(f0):
    """The pitch carried through unvoiced stretches along a straight line of log frequency."""
    voiced = np.flatnonzero(f0 > 60)
    if not len(voiced):
        return np.full(len(f0), 200.)
    return np.exp(np.interp(np.arange(len(f0)), voiced, np.log(f0[voiced])))
