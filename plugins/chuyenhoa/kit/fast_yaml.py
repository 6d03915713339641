"""YAML read by libyaml, in a tenth of the time that PyYAML's own reader takes, with that one's messages."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.constructor import SafeConstructor

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose_yaml(text: str) -> yaml.Node | None:
    """The nodes of a text, which know their lines and how every scalar is written; None for an empty text.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    try:
        return _compose(text, _FAST)
    except yaml.YAMLError:
        # libyaml only says "found character that cannot start any token"; PyYAML names the character, and
        # the advice in `plan.sources` rests on its words.
        return _compose(text, yaml.SafeLoader)


def construct_yaml(node: yaml.Node | None) -> Any:
    """What nodes hold; None for none.

    Raises:
        yaml.YAMLError: an entry cannot be built; ValueError: a value is none, such as the date 2021-02-30.
    """
    return None if node is None else SafeConstructor().construct_document(node)


def load_yaml(text: str) -> Any:
    """What a text holds, as `compose_yaml` and `construct_yaml` read it."""
    return construct_yaml(compose_yaml(text))


def _compose(text: str, kind: Any) -> yaml.Node | None:
    loader = kind(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()
