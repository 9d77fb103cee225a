"""`python -m icp_synth`, where the command itself isn't on the path."""

from icp_synth.cli import main

if __name__ == "__main__":
    main()
