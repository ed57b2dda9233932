"""Ids are uuid5 of identifiers, as RFC 9562 says."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from groupbill.model.identity import BASE, resource_id

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, TEXT)
def test_the_id_of_a_resource_is_the_uuid5_of_its_identifier(system, value):
    namespace = uuid.uuid5(uuid.NAMESPACE_URL, BASE)
    assert resource_id(system, value) == str(uuid.uuid5(namespace, f"{system}|{value}"))
