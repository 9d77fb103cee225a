"""The process in which the detector lives: `python -m icp_synth.adapters.scrub_worker`.

Requests and answers are pickles with their length in front, over stdin and stdout; raw text stays in memory and in the
pipe. It ends when its stdin does.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
import time
from typing import IO, Any

LENGTH = struct.Struct("!Q")
CPU = "cpu"  # asks for the seconds that this process has computed


def write(stream: IO[bytes], value: Any) -> None:
    """Send one value."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def main() -> None:
    """Answer requests `(method, argument)` with `(True, result)` or `(False, error)` until there are no more."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    from icp_synth.adapters.presidio import PresidioDetector
    from icp_synth.errors import ScrubError

    try:
        detector = PresidioDetector()
        write(answers, (True, detector.name))
    except ScrubError as error:
        write(answers, (False, error))
        return
    while head := requests.read(LENGTH.size):
        method, argument = pickle.loads(requests.read(LENGTH.unpack(head)[0]))
        if method == CPU:
            write(answers, (True, time.process_time()))
            continue
        try:
            write(answers, (True, getattr(detector, method)(argument)))
        except ScrubError as error:
            write(answers, (False, error))


if __name__ == "__main__":
    main()
