"""YAML read by libyaml, in a tenth of the time that PyYAML's own reader takes, with that one's messages."""

from __future__ import annotations

from typing import Any

import yaml

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str) -> tuple[yaml.Node | None, Any]:
    """The nodes of a text, which know their lines, and what they hold; None and None for an empty text.

    Raises:
        yaml.YAMLError: the text is not YAML; ValueError: a value is none, such as the date 2021-02-30.
    """
    try:
        return _parse(text, _FAST)
    except yaml.YAMLError:
        # libyaml only says "found character that cannot start any token"; PyYAML names the character, and
        # the advice in `plan.sources` rests on its words.
        return _parse(text, yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """What a text holds, as `parse_yaml` reads it."""
    return parse_yaml(text)[1]


def _parse(text: str, kind: Any) -> tuple[yaml.Node | None, Any]:
    loader = kind(text)
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()
