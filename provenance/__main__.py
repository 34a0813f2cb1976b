"""`python -m provenance` is `prov`."""

from provenance.cli import main

if __name__ == "__main__":
    main()
