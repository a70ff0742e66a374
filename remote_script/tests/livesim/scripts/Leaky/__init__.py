"""A script that leaves a listener and a timer behind, prints, and has hardly any of the methods that Live calls."""

import Live

KEEP = []


class Leaky(object):
    def __init__(self, c_instance):
        self.song = c_instance.song()
        self.song.add_tempo_listener(self.changed)
        self.timer = Live.Base.Timer(callback=self.changed, interval=10, repeat=True, start=True)
        KEEP.append(self)
        c_instance.log_message("hello")
        print("printed")

    def changed(self):
        self.seen = self.song.tempo


def create_instance(c_instance):
    return Leaky(c_instance)
