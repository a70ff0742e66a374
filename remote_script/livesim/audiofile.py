"""WAV and AIFF files that grow: the header's sizes are 0 until `finish`.

That is what Live leaves behind after a crash. 32 bits are float samples (WAVE_FORMAT_IEEE_FLOAT, AIFF-C fl32).
"""

import math
import os
import struct


def extended(rate):
    """A sample rate as the 80-bit float of AIFF."""
    mantissa, exponent = math.frexp(rate)
    return struct.pack(">HQ", exponent + 16382, int(mantissa * (1 << 64)))


class Layout(object):
    """What the samples look like and where they start."""

    def __init__(self, kind, bits, rate, channels, is_float):
        self.kind, self.bits, self.rate, self.channels, self.is_float = kind, bits, rate, channels, is_float
        self.frame_bytes = bits // 8 * channels
        self.big_endian = kind == "aiff"
        self.extension = ".aif" if self.big_endian else ".wav"

    def header(self, frames):
        """The whole header for so many frames; 0 while recording."""
        size = frames * self.frame_bytes
        return self._aiff(frames, size) if self.big_endian else self._wav(frames, size)

    def _wav(self, frames, size):
        tag = 3 if self.is_float else 1
        fmt = struct.pack("<HHIIHH", tag, self.channels, self.rate, self.rate * self.frame_bytes,
                          self.frame_bytes, self.bits)
        chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt
        if self.is_float:
            chunks += b"fact" + struct.pack("<II", 4, min(frames, 0xFFFFFFFF))
        whole = 4 + len(chunks) + 8 + size + size % 2 if frames else 0
        return (b"RIFF" + struct.pack("<I", min(whole, 0xFFFFFFFF)) + b"WAVE" + chunks
                + b"data" + struct.pack("<I", min(size, 0xFFFFFFFF)))

    def _aiff(self, frames, size):
        comm = struct.pack(">hIh", self.channels, min(frames, 0xFFFFFFFF), self.bits) + extended(self.rate)
        form, before = b"AIFF", b""
        if self.is_float:
            form, before = b"AIFC", b"FVER" + struct.pack(">II", 4, 0xA2805140)
            comm += b"fl32" + b"\x0c32-bit float\x00"
        chunks = before + b"COMM" + struct.pack(">I", len(comm)) + comm
        whole = 4 + len(chunks) + 16 + size + size % 2 if frames else 0
        ssnd = struct.pack(">III", min(size + 8, 0xFFFFFFFF) if frames else 0, 0, 0)
        return b"FORM" + struct.pack(">I", min(whole, 0xFFFFFFFF)) + form + chunks + b"SSND" + ssnd


class GrowingFile(object):
    """A recording on disk. Errors are OSError; what was written before stays."""

    def __init__(self, path, layout):
        self.path = path
        self.layout = layout
        self.frames = 0
        self._start = len(layout.header(0))
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
        self._fd = os.open(path, flags, 0o644)
        self._write(layout.header(0))

    def _write(self, data):
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view):]

    def append(self, data):
        """Adds whole frames. After an error `frames` counts the whole frames that are there."""
        try:
            self._write(data)
            self.frames += len(data) // self.layout.frame_bytes
        except OSError:
            size = os.fstat(self._fd).st_size
            self.frames = max(0, size - self._start) // self.layout.frame_bytes
            raise

    def finish(self, frames=None):
        """Cuts to `frames`, writes the final header and closes."""
        if frames is not None and frames < self.frames:
            self.frames = frames
        size = self.frames * self.layout.frame_bytes
        os.ftruncate(self._fd, self._start + size)
        if size % 2:
            os.lseek(self._fd, 0, os.SEEK_END)
            self._write(b"\0")
        os.lseek(self._fd, 0, os.SEEK_SET)
        self._write(self.layout.header(self.frames))
        self.close()

    def close(self):
        """Closes without touching the header."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
