"""Replays traces and injects faults on one machine: what changes with time on its links.

Traces stand beside the rules that Strata's shaping applied (RULES); faults come from the runner. Both become changes of
the queues that are there, at times of the machine's monotonic clock counted from one moment of its wall clock.

The runner speaks in lines of JSON through the FIFO `control`: what to inject, then when to begin; when it closes it, or dies,
everything is undone. Answers go to the FIFO `events`: {"ready": true}, and at the end what was done and when.
Whatever else ends this process, systemd runs the guard beside it, which applies RULES anew while ACTIVE is there.

queues.py stands before this file in what is sent, as one program.
"""

import json
import math
import os
import re
import select
import signal
import subprocess
import time

RULES = "/etc/strata/shaping.tc"
HERE = "/run/strata-injector"
ACTIVE = HERE + "/active"
SINGLE = "# single packets"

# What tc says to one command at most takes, before the machine is given up. A change takes ms.
TC_LIMIT_S = 20


class Tc:
    """One tc for all changes: starting one for each would cost an emulated processor more than the change."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["tc", "-force", "-batch", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.line = 0
        self.said = b""
        self.errors = []

    def apply(self, commands):
        """Returns once the commands are in force. tc answers nothing to what it did, but at once to what it can't."""
        asked = "".join(command + "\n" for command in commands)
        self.process.stdin.write((asked + "answer\n").encode())
        self.process.stdin.flush()
        first, self.line = self.line + 1, self.line + len(commands) + 1
        deadline = time.monotonic() + TC_LIMIT_S
        about = []
        while True:
            text = self.answer(deadline)
            failed = re.match(r"Command failed .*:(\d+)$", text)
            if failed is None:
                about.append(text)
            elif int(failed[1]) == self.line:
                return
            else:
                self.errors.append(f"tc {commands[int(failed[1]) - first]}: {' '.join(about)}")
                about = []

    def answer(self, deadline):
        while b"\n" not in self.said:
            left = max(0, deadline - time.monotonic())
            if not select.select([self.process.stderr], [], [], left)[0]:
                raise RuntimeError(f"tc did not answer within {TC_LIMIT_S} s")
            more = os.read(self.process.stderr.fileno(), 65536)
            if not more:
                raise RuntimeError("tc ended")
            self.said += more
        text, self.said = self.said.split(b"\n", 1)
        return text.decode()


class Control:
    """What the runner says, a line at a time."""

    def __init__(self, path):
        self.file = os.open(path, os.O_RDONLY)
        self.text = b""

    def line(self, seconds):
        """The next line; "" when none came in so many seconds (None: wait for ever); None at the end."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self.text:
            left = None if deadline is None else max(0, deadline - time.monotonic())
            if not select.select([self.file], [], [], left)[0]:
                return ""
            more = os.read(self.file, 65536)
            if not more:
                return None
            self.text += more
        line, self.text = self.text.split(b"\n", 1)
        return line.decode()


class Injector:
    def __init__(self, order):
        with open(RULES) as file:
            self.rules = file.read()
        self.queues = read_queues(self.rules)
        self.faults = order["faults"]
        losses = any(0 < one["lossPercent"] < 100 for one in self.faults)
        self.single = SINGLE not in self.rules and (losses or any(queue.metered() for queue in self.queues))
        self.tc = Tc()
        self.zero = None
        self.report = {"startedMs": None, "changes": 0, "skipped": 0, "latenessMs": [], "faults": []}

    def prepare(self):
        """A loss and a trace's rate are of single packets: the kernel must not hand the device up to 64 kB at once."""
        with open(ACTIVE, "w") as file:
            file.write(self.queues[0].device if self.single else "")
        self.segmentation("off")
        self.apply([line for place, queue in enumerate(self.queues) for line in queue.prepare(place)])

    def segmentation(self, state):
        if self.single:
            device = self.queues[0].device
            subprocess.run(["ethtool", "-K", device, "tso", state, "gso", state, "gro", state], check=True)

    def now(self):
        """ms since the beginning, by the monotonic clock."""
        return (time.monotonic() - self.zero) * 1000

    def run(self, begin_ms, control):
        """Until the runner ends it. `begin_ms`: by this machine's wall clock; until then a trace's first values hold."""
        self.zero = time.monotonic() + begin_ms / 1000 - time.time()
        place = -1
        self.change(place)
        while True:
            due = self.next(place)
            said = control.line(None if due == math.inf else (due - self.now()) / 1000)
            if said is None:
                return
            if said != "":
                continue
            woke = self.now()
            if self.report["startedMs"] is None:
                self.report["startedMs"] = time.time() * 1000
            place = max(due, math.floor(woke))
            missed = self.next(due)
            while missed <= place:
                self.report["skipped"] += 1
                missed = self.next(missed)
            self.change(place)
            self.report["latenessMs"].append(self.now() - due)

    def next(self, ms):
        if ms < 0:
            return 0
        ends = [end for one in self.faults for end in (one["atMs"], one["atMs"] + one["forMs"])]
        return min([queue.next(ms) for queue in self.queues] + [end for end in ends if end > ms], default=math.inf)

    def lasting(self, ms):
        return [one for one in self.faults if one["atMs"] <= ms < one["atMs"] + one["forMs"]]

    def change(self, ms):
        lasting = self.lasting(ms)
        wanted = [
            (queue, with_faults(queue.at(ms), [one for one in lasting if queue.serves(one["addresses"])]))
            for queue in self.queues
        ]
        self.put([(queue, state) for queue, state in wanted if state != queue.current])
        self.note(lasting)

    def put(self, changes):
        if not changes:
            return
        self.apply([line for queue, state in changes for line in queue.commands(state)])
        for queue, state in changes:
            queue.current = state
        self.report["changes"] += len(changes)

    def apply(self, commands):
        if commands:
            self.tc.apply(commands)

    def note(self, lasting):
        """When faults began and ended, once tc has said so."""
        known = {one["fault"]: one for one in self.report["faults"]}
        for one in lasting:
            if one["fault"] not in known:
                self.report["faults"].append({"fault": one["fault"], "beganMs": time.time() * 1000, "endedMs": None})
        for one in self.report["faults"]:
            if one["endedMs"] is None and one["fault"] not in [other["fault"] for other in lasting]:
                one["endedMs"] = time.time() * 1000

    def restore(self):
        """The rules' own values again. What can't be undone so is left to the guard."""
        self.put([(queue, queue.own) for queue in self.queues if queue.current != queue.own])
        self.apply([line for queue in self.queues for line in queue.finish()])
        self.note([])
        self.segmentation("on")
        with open(RULES) as file:
            unchanged = file.read() == self.rules
        if unchanged and not self.tc.errors:
            os.remove(ACTIVE)

    def result(self):
        lateness = self.report["latenessMs"]
        mean = sum(lateness) / len(lateness) if lateness else 0
        return {
            **self.report,
            "latenessMs": {"mean": mean, "max": max(lateness, default=0)},
            "errors": self.tc.errors[:10],
            "restored": not os.path.exists(ACTIVE),
        }


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    control = Control(HERE + "/control")
    events = open(HERE + "/events", "w", buffering=1)

    def say(what):
        try:
            events.write(json.dumps(what) + "\n")
        except BrokenPipeError:
            pass  # The runner has gone; what it asked for is undone all the same.

    order = control.line(None)
    if order is None:
        return
    injector = Injector(json.loads(order))
    injector.prepare()
    try:
        say({"ready": True})
        begin = control.line(None)
        if begin is not None:
            injector.run(json.loads(begin)["beginMs"], control)
    finally:
        injector.restore()
    say(injector.result())


main()
