"""What people read, in Chinese and English: gettext catalogues and the one place that fills them in.

The sources are the `.po` files beside this one, edited by hand; `make messages` compiles them to the `.mo` files that
are read at run time. No sentence stands in code: code names an entry and gives its facts.
"""

from formsvc.i18n.language import Language, choose_language, route_gettext
from formsvc.i18n.messages import Messages, visible

__all__ = ["Language", "Messages", "choose_language", "route_gettext", "visible"]
