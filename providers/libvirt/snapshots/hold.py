"""Holds a machine still that is about to be saved with its memory, and lets it go on once it knows what time it is.

On the virtio-serial port: says "parked"; reads {"hold": true}, freezes every process but itself, and says "held"; reads in the
machine that goes on, later or at once, one line of JSON: `time` (nanoseconds since 1970) and `entropy` (hexadecimal). Only then
does anything else run again. Answers {"ready": NAME} or {"error": TEXT}.

Whoever asked for it may have died: without anybody at the port's other end all goes on by itself.
"""
import fcntl
import glob
import json
import os
import select
import socket
import struct
import time

PORT = "org.strata.identity"
GROUPS = "/sys/fs/cgroup"
OWN = f"{GROUPS}/strata-hold"
# linux/random.h: _IOW('R', 0x03, int[2]) and _IO('R', 0x07).
RNDADDENTROPY = 0x40085203
RNDRESEEDCRNG = 0x5207
# Of the machine's own time, which stands still while it is saved.
ALONE_SECONDS = 60
IN_ALL_SECONDS = 900
FREEZE_SECONDS = 60
LOOK_SECONDS = 0.05


def port() -> int:
    ports = "/sys/class/virtio-ports"
    for device in os.listdir(ports):
        with open(f"{ports}/{device}/name", encoding="ascii") as name:
            if name.read().strip() == PORT:
                return os.open(f"/dev/{device}", os.O_RDWR | os.O_NONBLOCK)
    raise SystemExit(f"there is no port {PORT}")


def line(wire: int) -> dict:
    """The next line that the host says. Raises TimeoutError where nobody is there to say one."""
    read = b""
    began = heard = time.monotonic()
    poll = select.poll()
    poll.register(wire, select.POLLIN)
    while not read.endswith(b"\n"):
        events = dict(poll.poll(1000)).get(wire, 0)
        now = time.monotonic()
        if not events & select.POLLHUP:
            heard = now
        if now - heard > ALONE_SECONDS or now - began > IN_ALL_SECONDS:
            raise TimeoutError("nobody is at the port's other end")
        try:
            read += os.read(wire, 4096) if events & select.POLLIN else b""
        except BlockingIOError:
            # What made it readable was the other end's coming or going.
            events = select.POLLHUP
        if events & select.POLLHUP:
            time.sleep(LOOK_SECONDS)
    return json.loads(read)


def say(wire: int, text: str) -> None:
    """Raises TimeoutError where nobody takes it."""
    limit = time.monotonic() + ALONE_SECONDS
    rest = text.encode() + b"\n"
    while rest:
        if time.monotonic() > limit:
            raise TimeoutError("nobody reads at the port's other end")
        try:
            rest = rest[os.write(wire, rest) :]
        except BlockingIOError:
            time.sleep(LOOK_SECONDS)


def groups() -> list:
    return [group for group in glob.glob(f"{GROUPS}/*/") if os.path.realpath(group) != OWN]


def write(file: str, text: str) -> None:
    with open(file, "w", encoding="ascii") as to:
        to.write(text)


def frozen(group: str) -> bool:
    with open(f"{group}/cgroup.events", encoding="ascii") as events:
        return "frozen 1" in events.read()


def freeze() -> None:
    held = groups()
    for group in held:
        write(f"{group}/cgroup.freeze", "1")
    limit = time.monotonic() + FREEZE_SECONDS
    while not all(frozen(group) for group in held):
        if time.monotonic() > limit:
            raise TimeoutError("not all processes stopped within a minute")
        time.sleep(LOOK_SECONDS)


def thaw() -> None:
    for group in groups():
        write(f"{group}/cgroup.freeze", "0")


def reseed(entropy: bytes) -> None:
    """What the kernel draws from now on is not what it drew when the same memory went on before."""
    with open("/dev/urandom", "wb", buffering=0) as device:
        fcntl.ioctl(device, RNDADDENTROPY, struct.pack("ii", len(entropy) * 8, len(entropy)) + entropy)
        fcntl.ioctl(device, RNDRESEEDCRNG)


def main() -> None:
    os.makedirs(OWN, exist_ok=True)
    write(f"{OWN}/cgroup.procs", str(os.getpid()))
    wire = port()
    try:
        say(wire, "parked")
        told = line(wire)
        # Where who asked for it was killed, the next one says at once that it is to go on.
        if "hold" in told:
            freeze()
            say(wire, "held")
            told = line(wire)
        reseed(bytes.fromhex(told["entropy"]))
        time.clock_settime_ns(time.CLOCK_REALTIME, told["time"])
        said = {"ready": socket.gethostname()}
    except (ValueError, KeyError, OSError) as error:
        said = {"error": str(error)}
    finally:
        thaw()
    say(wire, json.dumps(said))
    write(f"{GROUPS}/cgroup.procs", str(os.getpid()))
    os.rmdir(OWN)


main()
