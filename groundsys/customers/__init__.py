"""Customers: their tokens, what they may see, and the names in their spaces (decisions only)."""

from groundsys.customers.entitlement import may_see, owner_of_payload
from groundsys.customers.spaces import is_safe_name, is_safe_path, name_in_space, product_key
from groundsys.customers.tokens import (
    SHORT_PREFIX,
    is_token,
    is_token_of,
    key_id,
    token_hash,
    token_text,
)

__all__ = [
    "SHORT_PREFIX",
    "is_safe_name",
    "is_safe_path",
    "is_token",
    "is_token_of",
    "key_id",
    "may_see",
    "name_in_space",
    "owner_of_payload",
    "product_key",
    "token_hash",
    "token_text",
]
