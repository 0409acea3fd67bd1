"""The bundle's entry point."""

import sys

from steerlm_studio.__main__ import main
from steerlm_studio.child import give_others_their_own_libraries

give_others_their_own_libraries()
sys.exit(main())
