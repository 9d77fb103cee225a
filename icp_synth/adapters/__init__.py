"""The only place that imports model clients, stores and servers. Each adapter implements a Protocol of `ports`.

What their native code must be told before it first runs is said here, so that no order of imports can miss it.
"""

import ctypes
import os

# Since 1.29 onnxruntime reports to its vendor by default, on every platform. Only this variable, set before its first
# import, stops it altogether: `disable_telemetry_events()` comes after a device id was written and a first event sent.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# Chroma 1.5 writes its graph to disk together with the room that it has not filled yet, which holds whatever the process
# kept there before: vectors just deleted, or words not yet scrubbed. With M_PERTURB at 255, glibc hands out zeros and
# overwrites what is freed. Other C libraries have no such switch.
_M_PERTURB = -6
if hasattr(ctypes.CDLL(None), "gnu_get_libc_version"):
    ctypes.CDLL(None).mallopt(_M_PERTURB, 255)
