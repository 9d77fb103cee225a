"""The only place that imports model clients, stores and servers. Each adapter implements a Protocol of `ports`."""

import os

# Since 1.29 onnxruntime reports to its vendor by default, on every platform. Only this variable, set before its first
# import, stops it altogether: `disable_telemetry_events()` comes after a device id was written and a first event sent.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
