"""A script with threads of its own: one counts, one touches the API."""

import _thread
import threading
import time

import Live

COUNTS = {"a": 0, "b": 0}


def create_instance(c_instance):
    song = c_instance.song()

    def count(name):
        while True:
            COUNTS[name] += 1

    def touch():
        try:
            COUNTS["tempo"] = song.tempo
        except RuntimeError:
            pass

    class Threads(object):
        def nothing(self, *args):
            pass

        connect_script_instances = suggest_input_port = suggest_output_port = can_lock_to_devices = nothing
        refresh_state = build_midi_map = update_display = disconnect = nothing

        def __init__(self):
            thread = threading.Thread(target=count, args=("a",))
            thread.daemon = True
            thread.start()
            _thread.start_new_thread(count, ("b",))
            self.thread = threading.Thread(target=touch, name="toucher")
            self.thread.start()
            self.timer = Live.Base.Timer(callback=self.tick, interval=50, repeat=True, start=True)

        def tick(self):
            # Reports through the song: what the counters say on entering, and after a while inside.
            before = dict(COUNTS)
            time.sleep(0.02)
            song.set_data("counts", [before["a"], before["b"], COUNTS["a"], COUNTS["b"]])
            c_instance.show_message(" ".join(str(n) for n in song.get_data("counts", [])))

    return Threads()
