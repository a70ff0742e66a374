"""livesim stands in for Live's Python host.

It loads a MIDI Remote Script folder unchanged and gives it a `Live` module, a
c_instance and the control-surface base classes, with the rules that the real
host has: main thread only, writes that show on the next turn, no writes inside
listeners, objects that die. Recording writes real audio files. A control
channel on the loopback address shows the true state and makes faults.

The package must not import the script's code by name, must not need anything
outside the standard library, and runs on Python 3.7 and newer. Tests, the demo
and the benchmarks use it; the script itself must never import it.
The user's reference is docs/livesim.md.
"""

__version__ = "1.0.0"
