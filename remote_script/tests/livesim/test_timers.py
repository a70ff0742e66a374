"""Timers, display ticks and scheduled messages."""

import gc
import unittest

from tests.livesim.harness import HostTest


class DeafBell(object):
    """A bell that nobody hears: of a signal that comes just before the main thread sleeps, Python tells it only afterwards."""

    def __init__(self, case, signal):
        self.case, self.signal, self.sleeps = case, signal, []

    def acquire(self, _blocking, seconds):
        self.sleeps.append(seconds)
        self.case.clock.time += seconds
        self.signal()
        return False

    def release(self):
        pass


class Sleep(HostTest):
    """The main thread never sleeps so long that a signal has to wait."""

    def sleeps(self, signal):
        bell = self.engine._bell = DeafBell(self, signal)
        return bell

    def test_with_the_menu_open(self):
        self.engine.menu_open = True
        bell = self.sleeps(self.engine.stop)
        turn = self.engine.turn
        self.engine.run()
        self.assertEqual([0.25], bell.sleeps)
        self.assertEqual(turn, self.engine.turn)

    def test_nothing_to_do_is_no_turn(self):
        self.engine.menu_open = True
        bell = self.sleeps(lambda: len(bell.sleeps) == 40 and self.engine.stop())
        turn = self.engine.turn
        self.engine.run()
        self.assertEqual(turn, self.engine.turn)

    def test_in_a_stall(self):
        self.engine.stall(1e300)
        bell = self.sleeps(self.engine.stop)
        self.engine.step()
        self.assertEqual([0.25], bell.sleeps)


class Timers(HostTest):
    def timer(self, interval, repeat=True, callback=None):
        self.calls = []
        self.timer_object = self.live.Base.Timer(
            callback=callback or (lambda: self.calls.append(self.clock.time)), interval=interval, repeat=repeat)
        self.timer_object.start()
        return self.timer_object

    def test_ten_milliseconds_is_the_floor(self):
        self.timer(1)
        self.run_for(1.0)
        self.assertLessEqual(len(self.calls), 100)
        self.assertGreaterEqual(len(self.calls), 95)

    def test_jitter_has_a_median_of_about_10_3_and_seldom_22(self):
        self.host("--timer-jitter", "on")
        delays = sorted(self.engine.timer_delay(10) for _ in range(20000))
        self.assertGreaterEqual(delays[0], 0.010)
        self.assertAlmostEqual(delays[10000], 0.01025, delta=0.0002)
        self.assertLessEqual(delays[-1], 0.022)
        self.assertGreater(delays[-1], 0.015)

    def test_once_unless_repeat(self):
        timer = self.timer(20, repeat=False)
        self.run_for(0.2)
        self.assertEqual(len(self.calls), 1)
        self.assertFalse(timer.running)
        timer.start()
        self.run_for(0.2)
        self.assertEqual(len(self.calls), 2)

    def test_an_exception_stops_it_for_good(self):
        def bad():
            self.calls.append(1)
            raise ValueError("boom")

        timer = self.timer(10, callback=bad)
        self.run_for(0.2)
        self.assertEqual(len(self.calls), 1)
        self.assertFalse(timer.running)
        timer.start()
        timer.restart()
        self.run_for(0.2)
        self.assertEqual(len(self.calls), 1)
        lines = self.log.since(0)[0]
        self.assertTrue(any("error: RemoteScriptError: ValueError: boom" in line for line in lines), lines)
        self.assertEqual(self.world.host.errors, 1)

    def test_stop_and_restart(self):
        timer = self.timer(10)
        self.run_for(0.05)
        timer.stop()
        count = len(self.calls)
        self.run_for(0.05)
        self.assertEqual(len(self.calls), count)
        timer.restart()
        timer.restart()
        self.run_for(0.025)
        self.assertEqual(len(self.calls), count + 2)

    def test_a_timer_that_nobody_holds_is_gone(self):
        self.timer(10)
        self.timer_object = None
        gc.collect()
        self.run_for(0.2)
        self.assertEqual(self.calls, [])

    def test_no_burst_after_a_stall(self):
        self.timer(10)
        self.run_for(0.05)
        count = len(self.calls)
        self.clock.time += 12.0
        self.engine.step()
        self.engine.step()
        self.assertEqual(len(self.calls), count + 1)

    def test_display_ticks_come_every_100_ms(self):
        self.run_for(2.05)
        self.assertEqual(self.engine.display_ticks, 20)

    def test_an_open_menu_pauses_ticks_and_timers(self):
        self.timer(10)
        self.engine.menu_open = True
        self.run_for(1.0)
        self.assertEqual((len(self.calls), self.engine.display_ticks), (0, 0))
        self.engine.menu_open = False
        self.run_for(0.25)
        self.assertGreater(len(self.calls), 20)
        self.assertLessEqual(self.engine.display_ticks, 3)


if __name__ == "__main__":
    unittest.main()
