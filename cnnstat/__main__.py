"""python -m cnnstat."""

from cnnstat.cli import main

if __name__ == "__main__":
    main()
