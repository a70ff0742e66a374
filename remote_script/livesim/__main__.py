"""python3 -m livesim: see docs/livesim.md."""

import json
import os
import platform
import signal
import sys

from . import frameworks
from . import options as options_module
from .control import Control
from .errors import CommandError
from .gate import OwnThread
from .log import Log, LogStream
from .world import World


def _open_log(options):
    """Live's Log.txt: --log, else beside the project, else stderr."""
    if options.log == "-":
        return Log(stream=sys.stderr)
    if options.log:
        return Log(options.log)
    if options.project:
        parent = os.path.dirname(os.path.abspath(options.project))
        os.makedirs(parent, exist_ok=True)
        return Log(os.path.join(parent, "Log.txt"))
    return Log(stream=sys.stderr)


def _write_control_file(path, ready):
    temporary = "%s.%d.tmp" % (path, os.getpid())
    with open(temporary, "w", encoding="utf-8") as target:
        json.dump(ready, target)
        target.write("\n")
    os.replace(temporary, path)


def _watch_stdin(world):
    def watch():
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        world.engine.stop()
    OwnThread(watch, "stdin").start()


def main(arguments=None):
    """Runs until Live quits; returns the exit code."""
    options = options_module.parse(arguments)
    stdout = sys.stdout
    log = _open_log(options)
    try:
        world = World(options, log)
        control = Control(world, options.control_port)
    except (CommandError, OSError) as error:
        sys.stderr.write("livesim: %s\n" % error)
        return 2
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda _number, _frame: world.engine.stop())
    sys.dont_write_bytecode = True
    sys.modules["Live"] = world.live
    frameworks.install(world, world.live, options.frameworks, sys.modules)
    sys.stdout, sys.stderr = LogStream(log.message), LogStream(log.script_error)
    world.gate.install()
    log.info("livesim: Live %s, Python %s" % (world.version, platform.python_version()))
    loaded = world.host.load()
    control.start()
    ready = {
        "ready": True, "control_port": control.port, "port": control.port, "pid": os.getpid(),
        "live": str(world.version), "python": platform.python_version(), "script": world.host.name,
        "script_loaded": loaded, "project": world.song.project, "recorded": world.recorded_folder(), "log": log.path}
    if options.control_file:
        _write_control_file(options.control_file, ready)
    stdout.write(json.dumps(ready) + "\n")
    stdout.flush()
    if options.exit_when_stdin_closes:
        _watch_stdin(world)
    world.engine.run()
    world.shut_down()
    control.close()
    if options.control_file:
        try:
            os.remove(options.control_file)
        except OSError:
            pass
    return 0


if __name__ == "__main__":
    code = main()
    # Threads of the script may still hang at the gate; the process ends as Live does.
    os._exit(code)
