"""Layers (optional content, ISO 32000-1, 8.11): what is switched off when the file is opened is not there to read."""

from __future__ import annotations

from pypdf.generic import DictionaryObject

from formsvc.extraction.pdf.objects import as_dict, as_list, as_name


class Layers:
    """Knows which layers of a file are switched off by its default configuration."""

    def __init__(self, root: DictionaryObject) -> None:
        properties = as_dict(root.get("/OCProperties"))
        setting = as_dict(properties.get("/D"))
        off = [as_dict(group) for group in as_list(setting.get("/OFF"))]
        if as_name(setting.get("/BaseState")) == "OFF":
            on = {id(as_dict(group)) for group in as_list(setting.get("/ON"))}
            off += [group for group in map(as_dict, as_list(properties.get("/OCGs"))) if id(group) not in on]
        self._off = {id(group): group for group in off}

    def hides(self, layer: object) -> bool:
        """Whether a layer, or all layers of a membership, are switched off."""
        if not self._off or layer is None:
            return False
        found = as_dict(layer)
        if as_name(found.get("/Type")) != "OCMD":
            return id(found) in self._off
        groups = [as_dict(group) for group in as_list(found.get("/OCGs"))] or [as_dict(found.get("/OCGs"))]
        return all(id(group) in self._off for group in groups)
