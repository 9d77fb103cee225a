"""What evaluates and trains; only `golden/` is part of the installed package."""
