"""Faults on demand, against a host process."""

import time
import unittest

try:
    import resource
except ImportError:
    resource = None

from livesim.client import ControlError
from tests.livesim.audiocheck import Audio
from tests.livesim.harness import ProcessTest


class Faults(ProcessTest):
    def record(self, *arguments):
        control = self.start(*arguments)
        control.arm(track="Guitar")
        control.record()
        control.wait("takes.0.frames", at_least=20000)
        return control

    def test_stall(self):
        control = self.record()
        self.probe("def tick(): pass")
        control.fault("stall", seconds=60)
        control.wait("sim.stalled", equals=True)
        calls, frames = control.get("sim.timers.0.calls"), control.get("takes.0.frames")
        self.assertTrue(control.ping()["stalled"])
        control.wait("takes.0.frames", at_least=frames + 10000)
        self.assertEqual(control.get("sim.timers.0.calls"), calls, "no timer runs")
        self.assertEqual(control.violations(), [])
        self.assertTrue(control.call("log")["lines"])
        control.unstall()
        control.wait("sim.timers.0.calls", at_least=calls + 2)
        control.stop()
        control.wait("takes.0.finished", equals=True)
        self.assertEqual(Audio(control.get("takes.0.path")).frames, control.get("takes.0.frames"))

    def test_a_stall_ends_by_itself(self):
        control = self.start()
        control.fault("stall", seconds=0.3)
        started = control.last["at"]
        control.wait("sim.stalled", equals=False)
        self.assertGreaterEqual(control.last["at"], started + 0.2)

    def test_commands_sent_during_a_stall_are_done_after_it(self):
        control = self.start()
        control.fault("stall", seconds=0.4)
        control.rename(track="Guitar", name="Later")
        self.assertEqual(control.get("tracks.2.name"), "Later")

    def test_a_script_that_blocks_does_not_block_reading(self):
        control = self.start()
        self.probe("""
import time
def block(): time.sleep(2.5)
keep.append(Live.Base.Timer(callback=block, interval=10))
keep[0].start()""")
        started = time.monotonic()
        self.assertEqual(control.get("song.tempo"), 120.0)
        control.state()
        self.assertLess(time.monotonic() - started, 60)

    def test_menu(self):
        control = self.start()
        control.fault("menu")
        calls = control.get("sim.timers.0.calls")
        control.rename(track=0, name="Menu")
        self.assertEqual(control.get("sim.timers.0.calls"), calls)
        control.fault("menu", on=False)
        control.wait("sim.timers.0.calls", at_least=calls + 1)

    def test_dialogs(self):
        control = self.start()
        control.fault("dialog", message="Save changes?", buttons=["Don't Save", "Cancel", "Save"])
        self.assertEqual(self.probe("""
app = surface.application()
result = [app.open_dialog_count, app.current_dialog_message, app.current_dialog_button_count]"""), [1, "Save changes?", 3])
        self.probe("surface.application().press_current_dialog_button(2)")
        control.wait("application.open_dialog_count", equals=0)
        self.assertEqual(control.get("application.pressed_buttons"), ["Save"])
        control.fault("dialog", buttons=0)
        self.assertEqual(control.get("application.current_dialog_button_count"), 0)
        control.fault("close_dialog")
        control.fault("dialog", message="Really?", buttons=2)
        control.press_dialog(button=1)
        with self.assertRaises(ControlError):
            control.fault("close_dialog")

    def test_read_only_folder(self):
        control = self.start()
        control.fault("read_only")
        control.arm(track="Guitar")
        control.record()
        control.wait("application.open_dialog_count", equals=1)
        control.wait("song.record_mode", equals=False)
        self.assertEqual(control.get("takes.0.failed"), "read-only")
        self.assertFalse(control.get("takes.0.finished"))
        control.fault("read_only", on=False)
        control.press_dialog(button=0)
        control.stop()
        control.record()
        control.wait("takes.1.frames", at_least=10000)

    def test_full_disk(self):
        control = self.start()
        control.fault("disk_full", after_bytes=120000)
        control.arm(track="Guitar")
        control.record()
        control.wait("application.open_dialog_count", equals=1)
        control.wait("song.recording", equals=False)
        take = control.get("takes.0")
        self.assertEqual((take["failed"], take["finished"], take["frames"]), ("disk full", True, 20000))
        self.assertEqual(Audio(take["path"]).frames, 20000)
        self.assertFalse(control.get("song.record_mode"))
        control.wait("tracks.Guitar.clips.length", equals=1)
        self.assertEqual(control.get("tracks.Guitar.clips.0.sample_length"), 20000)

    def test_track_deleted(self):
        control = self.record()
        control.fault("track_deleted", track="Guitar")
        control.wait("takes.0.finished", equals=True)
        take = control.get("takes.0")
        self.assertEqual((take["failed"], take["clip"]), ("track deleted", None))
        self.assertEqual(Audio(take["path"]).frames, take["frames"])

    def test_set_closed(self):
        for finish in (True, False):
            with self.subTest(finish=finish):
                control = self.record("--reload-seconds", "0")
                control.fault("set_closed", finish_recording=finish)
                control.wait("song.recording", equals=False)
                if finish:
                    control.wait("takes.0.finished", equals=True)
                take = control.get("takes.0")
                self.assertEqual((take["failed"], take["finished"]), ("set closed", finish))
                with open(take["path"], "rb") as source:
                    self.assertEqual(source.read(8)[4:] != b"\0\0\0\0", finish)
                self.assertEqual((control.get("set.id"), control.get("takes.0.set")), ("set2", "set1"))
                self.assertEqual(self.sim.stop(), 0)

    def test_device_lost(self):
        control = self.record()
        control.fault("device_lost")
        beat = control.get("song.current_song_time")
        self.assertTrue(control.get("song.is_playing"))
        self.assertEqual(control.get("song.current_song_time"), beat)
        self.probe_until("keep.append(1); result = len(keep) > 5")
        self.assertEqual(control.get("song.current_song_time"), beat)
        control.fault("device_lost", on=False)
        control.wait("song.current_song_time", at_least=beat + 0.2)
        control.stop()
        control.wait("takes.0.finished", equals=True)
        control.fault("device_lost")
        control.record()
        self.assertEqual(control.get("takes.length"), 1)
        self.assertEqual(control.get("song.current_song_time"), control.get("song.start_time"))
        control.fault("device_lost", on=False)
        control.wait("takes.length", equals=2)

    def test_crash(self):
        control = self.record()
        path = control.get("takes.0.path")
        with self.assertRaises(ConnectionError):
            control.fault("crash")
        self.assertNotEqual(self.sim.process.wait(20), 0)
        with open(path, "rb") as source:
            data = source.read()
        self.assertEqual((data[4:8], data[40:44]), (b"\0\0\0\0", b"\0\0\0\0"))
        self.assertGreater(len(data), 20000 * 6)

    def test_a_timer_that_live_stops(self):
        control = self.start()
        control.fault("stop_timer", timer=1)
        calls = control.get("sim.timers.0.calls")
        ticks = control.get("sim.display_ticks")
        control.wait("sim.display_ticks", at_least=ticks + 2)
        self.assertEqual(control.get("sim.timers.0.calls"), calls)
        self.assertFalse(control.get("sim.timers.0.died"))

    def test_slow_clip_and_slow_header(self):
        control = self.record()
        control.fault("clip_delay", seconds=0)
        control.fault("finalize_delay", seconds=0.5)
        control.stop()
        control.wait("tracks.Guitar.clips.length", equals=1)
        self.assertFalse(control.get("takes.0.finished"))
        control.wait("takes.0.finished", equals=True)

    def test_settings_that_change_on_the_fly(self):
        control = self.start()
        control.fault("cpu", percent=93)
        self.assertEqual(self.probe("result = surface.application().average_process_usage"), 93.0)
        control.fault("refuse_fire_arguments")
        self.assertEqual(self.probe("""
try:
    surface.song().tracks[0].clip_slots[0].fire(record_length=4.0)
except TypeError as error:
    result = type(error).__name__"""), "ArgumentError")
        control.fault("write_latency", turns=1000000)
        self.probe("surface.song().metronome = True")
        control.wait("sim.display_ticks", at_least=control.get("sim.display_ticks") + 2)
        self.assertFalse(control.get("song.metronome"))
        control.fault("routing_delay", seconds=1000)
        self.probe("track = surface.song().create_audio_track(-1); keep.append(track)")
        self.assertEqual(self.probe("result = [t.display_name for t in keep[0].available_input_routing_types]"), [""])
        control.fault("can_capture_midi")
        self.assertTrue(self.probe("result = surface.song().can_capture_midi"))

    def test_quit_as_a_fault(self):
        control = self.start()
        control.fault("quit")
        self.assertEqual(self.sim.process.wait(20), 0)

    @unittest.skipUnless(hasattr(resource, "prlimit"), "needs prlimit to make the system refuse writes")
    def test_a_real_write_error(self):
        """The system itself refuses to let the file grow, as on a full disk."""
        control = self.record()
        resource.prlimit(self.sim.process.pid, resource.RLIMIT_FSIZE, (400001, 400001))
        control.wait("application.open_dialog_count", equals=1)
        control.wait("song.recording", equals=False)
        take = control.get("takes.0")
        self.assertEqual((take["failed"], take["finished"]), ("disk full", True))
        self.assertEqual(take["frames"], (400001 - 44) // 6)
        self.assertEqual(Audio(take["path"]).frames, take["frames"])


if __name__ == "__main__":
    unittest.main()
