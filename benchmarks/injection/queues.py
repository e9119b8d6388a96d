"""The queues of a machine, as Strata's rules made them, and what they shall be at a time. Pure: injector.py does it."""

import math
import re
from bisect import bisect_right


# Packets of a trace's queue, in bytes on the wire; the most that a plug may hold.
PACKET_BYTES = 1514
MOST_BYTES = 2**32 - 1
MOST_PACKETS = 2**32 - 1

# Handles of plugs: between those of the tiers' queues and those of the machines'.
FIRST_PLUG = 0x1000

HOLD = "hold"


class Queue:
    """One rule: the netem queue of a class, its own parameters, and the trace that is replayed on it.

    What it does at a time is a pair: netem's parameters, and those of the class below which it is, or HOLD. Where a trace
    changes the rate, the class makes it, since netem would keep a packet's time when the rate rises; and in an outage a plug, inside
    of netem, keeps what netem's delay lets go.
    """

    def __init__(self, device, number, parameters, rate):
        self.device = device
        self.number = number
        self.own = self.current = parameters, rate
        self.loops = False
        self.length = 0
        self.times = []
        self.steps = []
        self.network = None
        self.plug = None

    def metered(self):
        """Whether its trace changes the rate."""
        return any(rate != self.own[1] for _, rate in self.steps)

    def serves(self, addresses):
        """Whether packets to one of the addresses go through it."""
        network, bits = self.network
        return any(number_of(address) >> (32 - bits) == network >> (32 - bits) for address in addresses)

    def at(self, ms):
        """The trace's parameters at a time; before its start those of its first step, which lets something pass."""
        if not self.steps:
            return self.own
        if ms < 0:
            return next((step for step in self.steps if step[1] != HOLD), self.own)
        place = ms % self.length if self.loops else ms
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

    def prepare(self, place):
        """Commands before anything is injected; what passes the plug is counted by netem, so its own limit is never reached."""
        if not self.metered():
            return []
        self.plug = f"dev {self.device} parent {self.number}:1 handle {FIRST_PLUG + place:x}:"
        most = max(int(parameters.split(" ")[1]) for parameters, _ in self.steps)
        return [
            f"qdisc add {self.plug} plug limit {min(MOST_BYTES, most * PACKET_BYTES)}",
            f"qdisc change {self.plug} plug release_indefinite",
        ]

    def commands(self, wanted):
        """From what it does to what it shall do. An outage ends at the rate that follows it."""
        (parameters, rate), (had, before) = wanted, self.current
        commands = []
        if parameters != had:
            commands.append(
                f"qdisc change dev {self.device} parent 1:{self.number} handle {self.number}: netem {parameters}"
            )
        if rate == before:
            return commands
        if rate == HOLD:
            return [f"qdisc change {self.plug} plug block"] + commands
        commands.append(f"class change dev {self.device} parent 1:1 classid 1:{self.number} htb {rate}")
        # A class waits for the end of its last packet at the rate that it had; the plug's release makes it look again.
        return commands + ([f"qdisc change {self.plug} plug release_indefinite"] if before == HOLD else [])

    def finish(self):
        """Commands at the end, once it has its own parameters again."""
        return [] if self.plug is None else [f"qdisc del {self.plug}"]


def number_of(address):
    return int.from_bytes(bytes(int(part) for part in address.split(".")), "big")


def read_queues(text):
    """The queues of the rules, by their lines (providers/strata/net/batch.ts and trace.ts)."""
    queues = {}
    rates = {}
    for line in text.splitlines():
        sorted_into = re.match(r"class replace dev \S+ parent 1:1 classid 1:([0-9a-f]+) htb (.*)$", line)
        made = re.match(r"qdisc replace dev (\S+) parent 1:([0-9a-f]+) handle \S+ netem (.*)$", line)
        chosen = re.search(r" match ip dst ([\d.]+)/(\d+) flowid 1:([0-9a-f]+)$", line)
        if sorted_into:
            rates[sorted_into[1]] = sorted_into[2]
        elif made:
            queues[made[2]] = Queue(*made.groups(), rates.get(made[2]))
        elif chosen:
            queues[chosen[3]].network = number_of(chosen[1]), int(chosen[2])
        elif line.startswith("# trace "):
            _, _, number, mode, length = line.split(" ")
            queues[number].loops, queues[number].length = mode == "loop", int(length)
        elif line.startswith("# step "):
            _, _, number, ms, parameters = line.split(" ", 4)
            netem, _, rate = parameters.partition(" htb ")
            queues[number].times.append(int(ms))
            queues[number].steps.append((netem, rate or queues[number].own[1]))
    return list(queues.values())


def with_faults(wanted, faults):
    """What a queue does while faults last: the largest loss counts, added delays add up.

    What an added delay keeps under way needs room: rate x delay, twice since packets may be small, and 10 Gbit/s where there
    is no rate (the same as components/plan/queueLimit.ts).
    """
    if not faults:
        return wanted
    parameters, class_rate = wanted
    limit, delay, spread, loss, other, rate, giga = re.match(
        r"limit (\d+) delay (\d+)us (.*?) loss (.*?) (corrupt .*) rate (\d+)(g?)bit$", parameters
    ).groups()
    share = max(fault["lossPercent"] for fault in faults)
    if share > 0 and not (loss.endswith("%") and " " not in loss and float(loss[:-1]) >= share):
        loss = f"{share}%"
    added = sum(fault["addedMs"] for fault in faults)
    bits = rate_of(class_rate) if giga else int(rate)
    room = min(MOST_PACKETS, int(limit) + math.ceil(2 * bits * added / 1000 / 12000))
    return (
        f"limit {room} delay {int(delay) + round(added * 1000)}us {spread} "
        f"loss {loss} {other} rate {rate}{giga}bit",
        class_rate,
    )


def rate_of(class_rate):
    """What a class lets pass, in bit/s; 10 Gbit/s where it limits nothing."""
    made = re.search(r" ceil (\d+)bit ", class_rate or "")
    return min(1e10, int(made[1])) if made else 1e10
