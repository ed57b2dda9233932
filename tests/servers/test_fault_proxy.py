"""The proxy does what it says, and the client says of each fault what it is."""

from __future__ import annotations

import pytest
from fault_proxy import SILENCE, Fault, FaultProxy, Plan, Request, proxied

from groupbill.errors import Conflict, ServerError, Unknown, Unreachable
from groupbill.server import Client

BASIC = {"resourceType": "Basic", "id": "probe", "code": {"text": "probe"}}

# fault: error of a write (None: it comes through, by sending it again), and whether the server saw it
EXPECTED: dict[Fault, tuple[type[ServerError] | None, bool]] = {
    Fault.BUSY: (None, True),
    Fault.BROKEN: (None, True),
    Fault.AWAY: (None, True),
    Fault.STALE: (Conflict, False),
    Fault.CONFLICT: (Conflict, False),
    Fault.RESET: (Unknown, False),
    Fault.LOST: (Unknown, True),
    Fault.TIMEOUT: (Unknown, True),
    Fault.BROKEN_AFTER: (None, True),
    Fault.SLOW: (None, True),
    Fault.CUT: (Unknown, True),
    Fault.HALF: (None, True),
}


def once(fault: Fault, writes: bool) -> Plan:
    left = [fault]

    def plan(request: Request) -> Fault | None:
        return left.pop() if left and request.writes is writes else None

    return plan


def impatient(proxy: FaultProxy) -> Client:
    return Client(proxy.base, timeout=(5, SILENCE / 3), pause=lambda _: None)


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_at_a_read_is_lived_through(medplum: str, fault: Fault) -> None:
    Client(medplum).put(BASIC)
    with proxied(medplum, once(fault, writes=False)) as proxy:
        client = impatient(proxy)
        assert client.get("Basic/probe") is not None
        assert [each for _, each in proxy.done] == [fault]
        client.close()


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_at_a_write_is_named_for_what_it_is(medplum: str, fault: Fault) -> None:
    error, seen = EXPECTED[fault]
    named = {**BASIC, "id": f"write-{fault.name.lower().replace('_', '-')}"}
    with proxied(medplum, once(fault, writes=True)) as proxy:
        client = impatient(proxy)
        if error is None:
            assert client.put(named).reference == f"Basic/{named['id']}"
        else:
            with pytest.raises(error) as raised:
                client.put(named)
            assert type(raised.value) is error
        assert (client.get(f"Basic/{named['id']}") is not None) is seen
        client.close()


def test_pages_come_back_through_the_proxy(medplum: str) -> None:
    for number in range(5):
        Client(medplum).put({**BASIC, "id": f"page-{number}"})
    with proxied(medplum) as proxy:
        client = Client(proxy.base)
        found = {each["id"] for each in client.search("Basic?_count=2")}
        assert {f"page-{number}" for number in range(5)} <= found
        assert len([each for each in proxy.seen if "_offset" in each.path]) >= 2
        client.close()


def test_a_server_that_is_gone_is_unreachable(medplum: str) -> None:
    with proxied(medplum) as proxy:
        client = Client(proxy.base, pause=lambda _: None)
    with pytest.raises(Unreachable):
        client.get("Basic/probe")
    client.close()
