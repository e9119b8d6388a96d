"""The queues of a machine, as Strata's rules made them, and what they shall be at a time. Pure: player.py does it."""

import math
import re
from bisect import bisect_right


class Queue:
    """One rule: the netem queue of a class, its own parameters, and the trace that is played on it."""

    def __init__(self, device, number, parameters):
        self.device = device
        self.number = number
        self.own = parameters
        self.current = parameters
        self.loops = False
        self.length = 0
        self.times = []
        self.steps = []
        self.network = None

    def serves(self, addresses):
        """Whether packets to one of the addresses go through it."""
        network, bits = self.network
        return any(number_of(address) >> (32 - bits) == network >> (32 - bits) for address in addresses)

    def at(self, ms):
        """The trace's parameters at a time; before its start those of its first step."""
        if not self.steps:
            return self.own
        place = 0 if ms < 0 else ms % self.length if self.loops else ms
        return self.steps[bisect_right(self.times, place) - 1]

    def next(self, ms):
        """When the trace changes next."""
        if not self.steps:
            return math.inf
        turn = math.floor(ms / self.length) * self.length if self.loops else 0
        place = bisect_right(self.times, ms - turn)
        if place < len(self.times):
            return turn + self.times[place]
        return turn + self.length if self.loops else math.inf

    def command(self, parameters):
        return f"qdisc change dev {self.device} parent 1:{self.number} handle {self.number}: netem {parameters}"


def number_of(address):
    return int.from_bytes(bytes(int(part) for part in address.split(".")), "big")


def read_queues(text):
    """The queues of the rules, by their lines (providers/strata/net/batch.ts and trace.ts)."""
    queues = {}
    for line in text.splitlines():
        made = re.match(r"qdisc replace dev (\S+) parent 1:([0-9a-f]+) handle \S+ netem (.*)$", line)
        chosen = re.search(r" match ip dst ([\d.]+)/(\d+) flowid 1:([0-9a-f]+)$", line)
        if made:
            queues[made[2]] = Queue(*made.groups())
        elif chosen:
            queues[chosen[3]].network = number_of(chosen[1]), int(chosen[2])
        elif line.startswith("# trace "):
            _, _, number, mode, length = line.split(" ")
            queues[number].loops, queues[number].length = mode == "loop", int(length)
        elif line.startswith("# step "):
            _, _, number, ms, parameters = line.split(" ", 4)
            queues[number].times.append(int(ms))
            queues[number].steps.append(parameters)
    return list(queues.values())


def with_faults(parameters, faults):
    """netem's parameters while faults last: the largest loss counts, added delays add up.

    What an added delay keeps under way needs room: rate x delay, twice since packets may be small, and 10 Gbit/s where there
    is no rate (the same as components/plan/queueLimit.ts).
    """
    if not faults:
        return parameters
    limit, delay, spread, loss, other, rate, giga = re.match(
        r"limit (\d+) delay (\d+)us (.*?) loss (.*?) (corrupt .*) rate (\d+)(g?)bit$", parameters
    ).groups()
    share = max(fault["lossPercent"] for fault in faults)
    if share > 0 and not (loss.endswith("%") and " " not in loss and float(loss[:-1]) >= share):
        loss = f"{share}%"
    added = sum(fault["addedMs"] for fault in faults)
    bits = 1e10 if giga else int(rate)
    room = int(limit) + math.ceil(2 * bits * added / 1000 / 12000)
    return (
        f"limit {room} delay {int(delay) + round(added * 1000)}us {spread} "
        f"loss {loss} {other} rate {rate}{giga}bit"
    )
