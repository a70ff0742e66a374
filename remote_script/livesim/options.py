"""Command line of livesim."""

import argparse
import os

from . import frameworks, routing, versions


def _version(text):
    try:
        return versions.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error))


def _rate(text):
    rate = int(text)
    if rate < 8000 or rate % 100:
        raise argparse.ArgumentTypeError("the sample rate must be a multiple of 100, for example 44100 or 48000")
    return rate


def _frameworks(text):
    names = [] if text in ("", "none") else text.split(",")
    for name in names:
        if name not in frameworks.NAMES:
            raise argparse.ArgumentTypeError("no framework '%s'; known: %s or none" % (name, ",".join(frameworks.NAMES)))
    return names


def parser():
    """Every option; docs/livesim.md explains them."""
    p = argparse.ArgumentParser(prog="livesim", description="Hosts a MIDI Remote Script without Live.")
    add = p.add_argument
    add("--script", metavar="DIR", help="the script's folder; without it the host runs bare")
    add("--live", type=_version, default=versions.parse("12.3.6"), metavar="VERSION", help="default 12.3.6")
    add("--project", metavar="DIR", help="project folder (default: a new temporary one)")
    add("--unsaved", action="store_true", help="the set was never saved; takes go to a Temp Project under --project")
    add("--set", dest="set_name", default="Demo Song", metavar="NAME", help="name of the set")
    add("--set-file", metavar="JSON", help="describes the set")
    add("--tracks", type=int, metavar="N", help="a plain set with N audio tracks")
    add("--midi-tracks", type=int, metavar="N", help="a plain set with N MIDI tracks (after the audio tracks)")
    add("--arm", action="append", default=[], metavar="TRACK", help="arm this track from the start (repeatable)")
    add("--format", choices=("wav", "aiff"), default="wav")
    add("--bits", choices=("16", "24", "32"), default="24", help="32 = float")
    add("--rate", type=_rate, default=48000, metavar="HZ")
    add("--pre-roll", type=int, default=8704, metavar="FRAMES", help="in front of Arrangement takes")
    add("--tempo", type=float, default=120.0, metavar="BPM")
    add("--count-in", type=int, choices=(0, 1, 2, 3), default=0, help="none, 1, 2, 4 bars")
    add("--threads", choices=("strict", "free"), default="strict")
    add("--frameworks", type=_frameworks, default=list(frameworks.NAMES), metavar="LIST", help="base-class packages, or none")
    add("--language", choices=routing.LANGUAGES, default="en", help="language of display names")
    add("--speed", type=float, default=1.0, metavar="X", help="song and recording run X times as fast")
    add("--turn-ms", type=float, default=1.0, metavar="MS", help="least time between two turns")
    add("--write-latency", type=int, default=1, metavar="TURNS", help="turns until a write shows")
    add("--timer-jitter", choices=("on", "off"), default="on")
    add("--listener-refs", choices=("weak", "strong"), default="weak", help="how listeners are held")
    add("--routing-delay", type=float, default=0.15, metavar="S", help="how long a new track's routing lists stay empty")
    add("--clip-delay", type=float, default=0.3, metavar="S", help="from stop to the finished clip")
    add("--finalize-delay", type=float, default=0.0, metavar="S", help="from stop to the final header")
    add("--reload-seconds", type=float, default=3.0, metavar="S", help="pause while a set is loaded")
    add("--refuse-fire-arguments", action="store_true", help="ClipSlot.fire takes no arguments")
    add("--record-stays-on", action="store_true", help="record_mode stays on after stop")
    add("--unwarped", dest="record_warped", action="store_false", help="recorded clips are not warped")
    add("--no-hash", dest="hash_takes", action="store_false", help="do not hash finished takes")
    add("--control-port", type=int, default=0, metavar="N", help="0 = a free port")
    add("--control-file", metavar="PATH", help="where to write the ready line as a file")
    add("--log", metavar="FILE", help="Live's Log.txt (default: beside the project; - = stderr)")
    add("--exit-when-stdin-closes", action="store_true")
    return p


def parse(arguments=None):
    """The options; mistakes end the program with a sentence."""
    p = parser()
    options = p.parse_args(arguments)
    options.bits = int(options.bits)
    options.is_float = options.bits == 32
    options.timer_jitter = options.timer_jitter == "on"
    options.audio_thread = True
    if options.script and not os.path.isdir(options.script):
        p.error("there is no script folder %s" % options.script)
    if not 0 < options.speed <= 10000:
        p.error("--speed must be above 0 and at most 10000")
    if options.write_latency < 1:
        p.error("--write-latency is at least 1")
    if not 20 <= options.tempo <= 999:
        p.error("--tempo must be between 20 and 999")
    for name in ("pre_roll", "turn_ms", "routing_delay", "clip_delay", "finalize_delay", "reload_seconds"):
        if getattr(options, name) < 0:
            p.error("--%s cannot be negative" % name.replace("_", "-"))
    if (options.tracks is not None or options.midi_tracks is not None) and not (options.tracks or options.midi_tracks):
        p.error("a set needs at least one track")
    return options
