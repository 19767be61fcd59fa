"""Where the bands of an envelope are."""
import numpy as np

BANDS = 72


def mel(hz):
    return 2595 * np.log10(1 + hz / 700)


def centres():
    """Hz of the envelope's bands: evenly spaced in mel from 40 Hz to 12 kHz."""
    return 700 * (10 ** (np.linspace(mel(40), mel(12000), BANDS) / 2595) - 1)
