"""What the tracks sound like.

The k-th audio or MIDI track of a set (k from 0, by creation) sounds a cosine of 100 Hz * (k mod 200 + 1), left at
-18 dBFS (0.125), right at half of that. Phase 0 is the song sample position of beat 0, so sample s of the song is
A * cos(2 pi f s / rate). All tones repeat after rate/100 frames: one block is rendered and repeated.
"""

import array
import math
import sys

AMPLITUDE = 0.125
CLIPPING_AMPLITUDE = 2.0
MIX_CEILING = 0.9
RIGHT = 0.5


def tone_hz(k):
    """Frequency of the k-th sounding track."""
    return 100 * (k % 200 + 1)


def mix(tones):
    """The mix of (hz, amplitude) pairs: turned down where the sum could clip, one entry per frequency."""
    total = sum(amplitude for _hz, amplitude in tones)
    gain = min(1.0, MIX_CEILING / total) if total > 0 else 1.0
    sums = {}
    for hz, amplitude in tones:
        sums[hz] = sums.get(hz, 0.0) + amplitude * gain
    return tuple(sorted(sums.items()))


def render(tones, rate, channels):
    """One period (rate/100 frames) as a list of interleaved floats, clipped to -1..1."""
    frames = rate // 100
    table = [math.cos(2.0 * math.pi * i / frames) for i in range(frames)]
    left = [0.0] * frames
    for hz, amplitude in tones:
        cycles = hz // 100
        for s in range(frames):
            left[s] += amplitude * table[cycles * s % frames]
    samples = []
    for value in left:
        samples.append(max(-1.0, min(1.0, value)))
        if channels == 2:
            samples.append(max(-1.0, min(1.0, value * RIGHT)))
    return samples


def encode(samples, bits, is_float, big_endian):
    """Floats as PCM or 32-bit float bytes."""
    if is_float:
        data = array.array("f", samples)
    else:
        top = 2 ** (bits - 1) - 1
        numbers = [int(round(value * top)) for value in samples]
        if bits == 24:
            order = "big" if big_endian else "little"
            return b"".join(number.to_bytes(3, order, signed=True) for number in numbers)
        data = array.array("h" if bits == 16 else "i", numbers)
    if big_endian != (sys.byteorder == "big"):
        data.byteswap()
    return data.tobytes()
