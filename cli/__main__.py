"""`python -m cli`: the command `mobility` where it is not installed."""

from cli.main import run

if __name__ == "__main__":
    run()
