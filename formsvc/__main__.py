"""`python -m formsvc` is the command `formsvc`."""

from formsvc.cli import main

if __name__ == "__main__":
    main()
