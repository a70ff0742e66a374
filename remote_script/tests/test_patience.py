"""Tests that mostly wait, run side by side: every method of the suites whose name begins with `slow_`."""

import threading
import unittest

from . import test_hello, test_host, test_network, test_state, test_takes_arrangement, test_takes_faults, test_takes_session, test_verbs

MODULES = (test_hello, test_host, test_network, test_state, test_takes_arrangement, test_takes_faults, test_takes_session, test_verbs)
AT_ONCE = 10


def slow_cases():
    """One test case for each slow method."""
    for module in MODULES:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, unittest.TestCase) and value.__module__ == module.__name__:
                for name in dir(value):
                    if name.startswith("slow_"):
                        yield value(name)


class Patience(unittest.TestCase):
    """Each has a livesim of its own, so they do not meet."""

    def test_side_by_side(self):
        runs = [(case, unittest.TestResult()) for case in slow_cases()]
        self.assertGreaterEqual(len(runs), 30)
        places = threading.Semaphore(AT_ONCE)

        def run(case, result):
            with places:
                case.run(result)

        threads = [threading.Thread(target=run, args=pair) for pair in runs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for case, result in runs:
            with self.subTest(case.id()):
                self.assertEqual(1, result.testsRun)
                for _, text in result.errors + result.failures:
                    self.fail("%s\n%s" % (case.id(), text))


if __name__ == "__main__":
    unittest.main()
