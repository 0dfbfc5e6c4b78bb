"""The Centers workbench: survey, collections and recommendations of an audit, as notebooks.

Import the part you need, for example ``from coee_nb.recommendations import aging``; nothing heavy
is imported here, so ``import coee_nb`` stays fast.
"""

__version__ = "0.1.0"
