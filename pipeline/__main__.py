"""`python -m pipeline` is `newsledger`."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
