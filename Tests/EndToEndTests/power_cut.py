"""Cuts the power of a file system under a daemon with acknowledged producers; see power-cut.sh."""

import fcntl
import os
import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import zmq

from producers import BATCH, Swarm
from storage import KEEP_ALL, Store

# _IOR('X', 125, __u32) of the kernel, and "without flushing the log".
EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2


def mount(image, disk):
    subprocess.run(["mount", "-o", "loop", image, disk], check=True)


def cut(disk):
    """The file system ends here: what has not reached the device never will."""
    handle = os.open(disk, os.O_RDONLY)
    try:
        fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
    finally:
        os.close(handle)


def main():
    image, disk, cuts = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    draw = random.Random(5)
    with zmq.Context() as context:
        swarm = Swarm(context)
        mount(image, disk)
        for number in range(cuts):
            # The daemon's own files stay on a disk that goes on.
            store = Store(disk.parent, context)
            store.directory = disk / "store"
            store.runs = number * 2
            store.start(*KEEP_ALL)
            swarm.start(store.daemon.endpoint("learn"))
            time.sleep(draw.uniform(0.05, 0.6))
            cut(disk)
            swarm.stop()
            store.close()
            subprocess.run(["umount", disk], check=True)
            mount(image, disk)
        store = Store(disk.parent, context)
        store.directory = disk / "store"
        store.runs = cuts * 2
        client = store.start(*KEEP_ALL)
        total = max(producer.acknowledged for producer in swarm.producers) + 20
        swarm.start(store.daemon.endpoint("learn"), until=total)
        swarm.join()
        learned = client.status()["stream"]["learned"]
        assert learned == len(swarm.producers) * total * BATCH, (learned, total)
        digest = client.control("digest")
        store.stop()
        assert store.start(*KEEP_ALL).control("digest") == digest
        store.stop()
        print(f"power-cut: {cuts} cuts, {3 * total} requests acknowledged, none lost, "
              f"none learned twice")


if __name__ == "__main__":
    main()
