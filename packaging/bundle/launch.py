"""The bundle's entry point."""

import sys

from steerlm_studio.__main__ import main

sys.exit(main())
