"""Reads WAV and AIFF for the tests, without livesim's own code, and says what can be heard in them."""

import math
import struct


class Audio(object):
    """Decoded file: `channels` lists of floats; `declared_frames` is what the header says."""

    def __init__(self, path):
        with open(path, "rb") as source:
            data = source.read()
        if data[:4] == b"RIFF":
            self._wav(data)
        elif data[:4] == b"FORM":
            self._aiff(data)
        else:
            raise ValueError("no audio file: %r" % data[:4])

    def _chunks(self, data, fmt):
        at = 12
        while at + 8 <= len(data):
            name, size = data[at:at + 4], struct.unpack(fmt, data[at + 4:at + 8])[0]
            yield name, data[at + 8:at + 8 + size], at + 8, size
            at += 8 + size + size % 2

    def _wav(self, data):
        self.kind, self.riff_size = "wav", struct.unpack("<I", data[4:8])[0]
        for name, body, start, size in self._chunks(data, "<I"):
            if name == b"fmt ":
                tag, count, self.rate, _bytes, _align, self.bits = struct.unpack("<HHIIHH", body[:16])
                self.is_float = tag == 3
            elif name == b"data":
                self.data_start, self.declared_bytes = start, size
                samples = body
        self._decode(samples, count, "<")

    def _aiff(self, data):
        self.kind, self.riff_size = "aiff", struct.unpack(">I", data[4:8])[0]
        self.is_float = False
        for name, body, start, size in self._chunks(data, ">I"):
            if name == b"COMM":
                count, self.comm_frames, self.bits = struct.unpack(">hIh", body[:8])
                exponent, mantissa = struct.unpack(">HQ", body[8:18])
                self.rate = int(mantissa * 2.0 ** (exponent - 16383 - 63))
                self.is_float = data[8:12] == b"AIFC" and body[18:22] == b"fl32"
            elif name == b"SSND":
                self.data_start, self.declared_bytes = start + 8, size - 8
                samples = body[8:]
        self._decode(samples, count, ">")

    def _decode(self, samples, count, order):
        width = self.bits // 8
        if self.is_float:
            values = struct.unpack("%s%df" % (order, len(samples) // 4), samples)
        elif width == 3:
            name = "little" if order == "<" else "big"
            values = [int.from_bytes(samples[i:i + 3], name, signed=True) / 8388607.0
                      for i in range(0, len(samples) - 2, 3)]
        else:
            code = {2: "h", 4: "i"}[width]
            values = [value / float(2 ** (self.bits - 1) - 1)
                      for value in struct.unpack("%s%d%s" % (order, len(samples) // width, code), samples)]
        self.channels = [list(values[c::count]) for c in range(count)]
        self.frames = len(self.channels[0])


def amplitude(samples, hz, rate):
    """Amplitude of one frequency over whole periods of 100 Hz."""
    block = rate // 100
    length = len(samples) // block * block
    re = im = 0.0
    for i in range(length):
        angle = 2.0 * math.pi * hz * i / rate
        re += samples[i] * math.cos(angle)
        im += samples[i] * math.sin(angle)
    return 2.0 * math.hypot(re, im) / length


def expected(hz, level, first_sample, count, rate):
    """What a tone looks like from a song sample position on."""
    return [level * math.cos(2.0 * math.pi * hz * (first_sample + i) / rate) for i in range(count)]


def difference(left, right):
    return max(abs(a - b) for a, b in zip(left, right))
