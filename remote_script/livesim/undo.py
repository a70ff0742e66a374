"""Live's undo history. Writes of one turn make one step, as one script call makes one step in Live."""


class Undo(object):
    """Steps hold plain functions on the true model."""

    LIMIT = 500

    def __init__(self, world):
        self.world = world
        self.clear()

    def clear(self):
        self._done = []
        self._undone = []
        self._turn = None
        self._quiet = False

    def names(self):
        return [step[0] for step in self._done]

    def can_undo(self):
        return bool(self._done)

    def can_redo(self):
        return bool(self._undone)

    def add(self, name, back, forth, merge="writes"):
        """Records what has just been done. Things of one turn and one `merge` word make one step; None: a step of its own."""
        if self._quiet:
            return
        self._undone = []
        turn = (self.world.engine.turn, merge)
        if merge and self._done and self._turn == turn:
            self._done[-1][1].append((back, forth))
        else:
            self._done.append((name, [(back, forth)]))
            del self._done[:-self.LIMIT]
        self._turn = turn if merge else None

    def undo(self):
        """Name of the step, or "" when there is none."""
        if not self._done:
            return ""
        step = self._done.pop()
        self._run(back for back, _forth in reversed(step[1]))
        self._undone.append(step)
        return step[0]

    def redo(self):
        if not self._undone:
            return ""
        step = self._undone.pop()
        self._run(forth for _back, forth in step[1])
        self._done.append(step)
        return step[0]

    def _run(self, functions):
        self._turn = None
        self._quiet = True
        try:
            for function in functions:
                function()
        finally:
            self._quiet = False
