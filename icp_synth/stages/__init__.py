"""One file per stage, named for it. Stages are pure functions over records."""
