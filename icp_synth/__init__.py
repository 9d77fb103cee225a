"""Customer evidence in, an ideal customer profile out: every sentence traces to a customer's own words.

The command line is the way in. A program that is given a `profile.json` reads it with `Profile.model_validate_json`
and checks it with `verify`.
"""

from importlib.metadata import PackageNotFoundError, version

from icp_synth.records import Profile
from icp_synth.verification import verify

try:
    __version__ = version("icp-synth")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"

__all__ = ["Profile", "__version__", "verify"]
