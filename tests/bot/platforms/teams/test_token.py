"""Nobody but Teams, from a municipality that we serve, gets an activity believed; and Microsoft's outages lose nothing."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.platforms.teams.token import ASK_AGAIN_AFTER, KEYS_LAST, KeysUnavailable, Refused, TokenCheck
from tests.fakes.teams import (
    NOT_JSON,
    DisconnectBefore,
    FakeTeams,
    Fault,
    Forgery,
    RateLimited,
    ServerError,
    TeamsPerson,
    Timeout,
    TimeoutBefore,
    Wire,
    WrongPage,
)


class Brackets(Fault):
    """A 200 with more brackets than anybody can count."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=nested(50_000))


class Seconds:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams(people={"jens": "Jens Lund"}) as fake:
        yield fake


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def check(teams: FakeTeams, seconds: Seconds) -> AsyncIterator[TokenCheck]:
    async with aiohttp.ClientSession() as session:
        yield TokenCheck(teams.app_id, [teams.tenant], teams.metadata_url, session, seconds)


def said(teams: FakeTeams, **changes: Any) -> dict[str, Any]:
    place = teams.world.personal("jens")
    return TeamsPerson(teams, "jens").activity({"type": "message", "id": "1", "text": "status"}, place) | changes


def bearer(teams: FakeTeams, key_id: str | None = None, **claims: Any) -> str:
    return f"Bearer {teams.keys.sign(teams.claims(**claims), key_id)}"


async def refused(check: TokenCheck, authorization: Any, activity: Any) -> str:
    with pytest.raises(Refused) as refusal:
        await check.check(authorization, activity)
    return refusal.value.reason


def asked(teams: FakeTeams) -> tuple[int, int]:
    return len(teams.calls_to("metadata")), len(teams.calls_to("keys"))


async def test_what_teams_sends_is_believed_and_tells_tenant_and_address(teams: FakeTeams, check: TokenCheck) -> None:
    claims = await check.check(bearer(teams), said(teams))
    assert (claims.tenant, claims.service_url) == (teams.tenant, teams.service_url)
    assert claims.token["aud"] == teams.app_id


FORGERIES = [
    (Forgery.NO_HEADER, "no token"),
    (Forgery.NOT_BEARER, "no token"),
    (Forgery.GARBAGE_TOKEN, "malformed"),
    (Forgery.EXPIRED, "expired"),
    (Forgery.NO_EXPIRY, "no exp"),
    (Forgery.NOT_YET, "not yet valid"),
    (Forgery.NO_AUDIENCE, "no aud"),
    (Forgery.WRONG_AUDIENCE, "audience"),
    (Forgery.NO_ISSUER, "no iss"),
    (Forgery.EMULATOR, "issuer"),
    (Forgery.UNKNOWN_KEY, "unknown key"),
    (Forgery.BORROWED_KEY_ID, "signature"),
    (Forgery.NO_KEY_ID, "unknown key"),
    (Forgery.ALG_NONE, "algorithm"),
    (Forgery.HS256, "algorithm"),
    (Forgery.MISSING_ENDORSEMENT, "endorsement"),
    (Forgery.NO_SERVICE_URL_CLAIM, "service url"),
    (Forgery.OTHER_SERVICE_URL, "service url"),
    (Forgery.NO_SERVICE_URL, "no service url"),
    (Forgery.FOREIGN_TENANT, "tenant"),
    (Forgery.NO_TENANT, "tenant"),
    (Forgery.NO_CHANNEL_ID, "channel"),
    (Forgery.OTHER_CHANNEL_ID, "channel"),
]


@pytest.mark.parametrize(("how", "reason"), FORGERIES)
async def test_a_forged_activity_is_refused(teams: FakeTeams, check: TokenCheck, how: Forgery, reason: str) -> None:
    wire = Wire(teams, "")
    assert await refused(check, wire.authorization(how), wire.spoilt(how, said(teams))) == reason


def test_every_forgery_whose_token_or_activity_is_wrong_is_tried_here() -> None:
    assert {how for how, _ in FORGERIES} == set(Forgery) - set(NOT_JSON)


async def test_a_token_for_several_bots_is_refused_even_when_we_are_one_of_them(
    teams: FakeTeams, check: TokenCheck
) -> None:
    assert await refused(check, bearer(teams, aud=["other", teams.app_id]), said(teams)) == "audience"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": 7}, "audience"),
        ({"iss": ["https://api.botframework.com"]}, "issuer"),
        ({"iss": "https://api.botframework.com/"}, "issuer"),
        ({"exp": "i morgen"}, "malformed"),
        ({"exp": float("nan")}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"exp": {}}, "malformed"),
        ({"nbf": []}, "malformed"),
        ({"serviceurl": 7}, "service url"),
        ({"serviceurl": ["http://127.0.0.1"]}, "service url"),
    ],
)
async def test_a_claim_of_the_wrong_shape_is_refused(
    teams: FakeTeams, check: TokenCheck, claims: Any, reason: str
) -> None:
    assert await refused(check, bearer(teams, **claims), said(teams)) == reason


async def test_clocks_may_differ_by_five_minutes_and_no_more(teams: FakeTeams, check: TokenCheck) -> None:
    now = time.time()
    assert await check.check(bearer(teams, exp=now - 290), said(teams))
    assert await check.check(bearer(teams, nbf=now + 290), said(teams))
    assert await refused(check, bearer(teams, exp=now - 310), said(teams)) == "expired"
    assert await refused(check, bearer(teams, nbf=now + 310), said(teams)) == "not yet valid"


async def test_a_slash_at_the_end_of_the_address_makes_no_difference(teams: FakeTeams, check: TokenCheck) -> None:
    bare = teams.service_url.rstrip("/")
    assert await check.check(bearer(teams, serviceurl=bare), said(teams))
    assert (await check.check(bearer(teams), said(teams, serviceUrl=bare))).service_url == bare
    assert await refused(check, bearer(teams), said(teams, serviceUrl=f"{bare}.example/")) == "service url"


async def test_the_scheme_may_be_written_small(teams: FakeTeams, check: TokenCheck) -> None:
    assert await check.check(bearer(teams).replace("Bearer", "bearer"), said(teams))


async def test_either_place_may_name_the_tenant_but_a_second_one_must_be_ours_too(
    teams: FakeTeams, check: TokenCheck
) -> None:
    ours, foreign = {"tenant": {"id": teams.tenant}}, {"tenant": {"id": "foreign"}}
    nowhere, here = {"id": "a:1"}, {"id": "a:1", "tenantId": teams.tenant.upper()}
    assert await check.check(bearer(teams), said(teams, channelData=ours, conversation=nowhere))
    found = await check.check(bearer(teams), said(teams, channelData={}, conversation=here))
    assert found.tenant == teams.tenant
    for mixed in (
        {"channelData": foreign, "conversation": here},
        {"channelData": ours, "conversation": {"tenantId": "x"}},
    ):
        assert await refused(check, bearer(teams), said(teams, **mixed)) == "tenant"


async def test_several_municipalities_may_be_served(teams: FakeTeams, seconds: Seconds) -> None:
    async with aiohttp.ClientSession() as session:
        both = TokenCheck(teams.app_id, ["another", teams.tenant], teams.metadata_url, session, seconds)
        assert (await both.check(bearer(teams), said(teams))).tenant == teams.tenant


async def test_without_an_app_id_or_a_tenant_nothing_is_started(teams: FakeTeams) -> None:
    async with aiohttp.ClientSession() as session:
        for app_id, tenants in (("", [teams.tenant]), (teams.app_id, [])):
            with pytest.raises(ValueError, match="everybody"):
                TokenCheck(app_id, tenants, teams.metadata_url, session)


async def test_the_keys_are_fetched_once_a_day(teams: FakeTeams, check: TokenCheck, seconds: Seconds) -> None:
    for _ in range(3):
        await check.check(bearer(teams), said(teams))
    assert asked(teams) == (1, 1)
    seconds.now += KEYS_LAST
    await check.check(bearer(teams), said(teams))
    assert asked(teams) == (2, 2)


async def test_many_at_once_make_one_question(teams: FakeTeams, check: TokenCheck) -> None:
    await asyncio.gather(*(check.check(bearer(teams), said(teams)) for _ in range(20)))
    assert asked(teams) == (1, 1)


async def test_a_new_key_is_found_and_a_withdrawn_one_no_longer_holds(
    teams: FakeTeams, check: TokenCheck, seconds: Seconds
) -> None:
    old = bearer(teams)
    await check.check(old, said(teams))
    teams.rotate_keys()
    seconds.now += ASK_AGAIN_AFTER
    assert await check.check(bearer(teams), said(teams))
    assert await refused(check, old, said(teams)) == "unknown key"


async def test_strangers_with_invented_keys_cannot_make_us_ask_again_and_again(
    teams: FakeTeams, check: TokenCheck, seconds: Seconds
) -> None:
    await check.check(bearer(teams), said(teams))
    for _ in range(5):
        assert await refused(check, bearer(teams, "key-of-a-stranger"), said(teams)) == "unknown key"
    assert asked(teams) == (1, 1)
    seconds.now += ASK_AGAIN_AFTER
    for _ in range(5):
        assert await refused(check, bearer(teams, "key-of-a-stranger"), said(teams)) == "unknown key"
    assert asked(teams) == (2, 2)


async def test_what_can_be_refused_without_a_key_asks_nobody(teams: FakeTeams, check: TokenCheck) -> None:
    wire = Wire(teams, "")
    for how in (Forgery.GARBAGE_TOKEN, Forgery.ALG_NONE, Forgery.HS256, Forgery.FOREIGN_TENANT, Forgery.NO_CHANNEL_ID):
        await refused(check, wire.authorization(how), wire.spoilt(how, said(teams)))
    assert asked(teams) == (0, 0)


async def test_the_keys_we_have_hold_while_the_key_server_is_down(
    teams: FakeTeams, check: TokenCheck, seconds: Seconds
) -> None:
    await check.check(bearer(teams), said(teams))
    teams.metadata_down(ServerError(503))
    seconds.now += 3 * KEYS_LAST
    for _ in range(3):
        assert await check.check(bearer(teams), said(teams))
    assert asked(teams) == (2, 1)


async def test_without_keys_teams_is_asked_to_come_again_and_then_is_believed(
    teams: FakeTeams, check: TokenCheck, seconds: Seconds
) -> None:
    teams.metadata_down(ServerError(503))
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            await check.check(bearer(teams), said(teams))
    assert asked(teams) == (1, 0)
    teams.metadata_up()
    seconds.now += ASK_AGAIN_AFTER
    assert await check.check(bearer(teams), said(teams))


@pytest.mark.parametrize("body", [{}, {"keys": []}, {"keys": [{"kty": "RSA", "kid": "key-1"}]}])
async def test_a_key_server_that_shows_no_keys_takes_none_of_ours_away(
    teams: FakeTeams, check: TokenCheck, seconds: Seconds, body: Any
) -> None:
    await check.check(bearer(teams), said(teams))
    teams.answers["keys"] = body
    seconds.now += KEYS_LAST
    assert await check.check(bearer(teams), said(teams))


@pytest.mark.parametrize("endorsements", [None, 7, "msteams", {"msteams": 1}, [], ["webchat"], [["msteams"]]])
async def test_only_a_key_that_is_endorsed_for_teams_signs_for_teams(
    teams: FakeTeams, check: TokenCheck, endorsements: Any
) -> None:
    teams.keys.endorsements = endorsements
    assert await refused(check, bearer(teams), said(teams)) in ("endorsement", "unknown key")


@pytest.mark.parametrize("fault", [WrongPage(), ServerError(500), DisconnectBefore(), RateLimited(9), Brackets()])
async def test_a_key_server_that_answers_nonsense_is_no_key_server(
    teams: FakeTeams, check: TokenCheck, fault: Fault
) -> None:
    teams.fail("keys", with_=fault, times=None)
    with pytest.raises(KeysUnavailable):
        await check.check(bearer(teams), said(teams))


async def test_a_key_that_may_be_new_is_not_refused_while_the_key_server_is_down(
    teams: FakeTeams, check: TokenCheck, seconds: Seconds
) -> None:
    await check.check(bearer(teams), said(teams))
    teams.rotate_keys()
    teams.metadata_down()
    seconds.now += ASK_AGAIN_AFTER
    with pytest.raises(KeysUnavailable):
        await check.check(bearer(teams), said(teams))


async def test_a_key_server_that_never_answers_holds_nobody_for_long(teams: FakeTeams, seconds: Seconds) -> None:
    async with aiohttp.ClientSession() as session:
        check = TokenCheck(teams.app_id, [teams.tenant], teams.metadata_url, session, seconds, patience=0.05)
        teams.metadata_down(TimeoutBefore())
        with pytest.raises(KeysUnavailable):
            await check.check(bearer(teams), said(teams))
        teams.metadata_up()
        teams.fail("keys", with_=Timeout())
        seconds.now += ASK_AGAIN_AFTER
        with pytest.raises(KeysUnavailable):
            await check.check(bearer(teams), said(teams))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
nearly_activities = st.fixed_dictionaries(
    {},
    optional={
        "channelId": st.just("msteams") | json_values,
        "serviceUrl": st.text() | json_values,
        "channelData": st.fixed_dictionaries({}, optional={"tenant": json_values}) | json_values,
        "conversation": st.fixed_dictionaries({}, optional={"tenantId": json_values}) | json_values,
    },
)
fuzzed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def segment(text: str) -> str:
    return jwt.utils.base64url_encode(text.encode()).decode()


@fuzzed
@given(authorization=st.none() | st.text() | st.text().map("Bearer {}".format), activity=json_values)
@example("Bearer \udcff.\udcfe.x", {})
@example("Bearer", {})
async def test_whatever_stands_in_the_header_and_the_body_it_is_refused(
    teams: FakeTeams, check: TokenCheck, authorization: Any, activity: Any
) -> None:
    await refused(check, authorization, activity)
    await refused(check, authorization, said(teams))


@fuzzed
@given(activity=nearly_activities)
async def test_whatever_stands_in_the_activity_a_good_token_does_not_help_it(
    teams: FakeTeams, check: TokenCheck, activity: Any
) -> None:
    await refused(check, bearer(teams), activity)


@fuzzed
@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "crit", "b64", "typ"]), json_values | st.just("RS256")))
async def test_whatever_stands_in_the_tokens_header_it_is_refused(
    teams: FakeTeams, check: TokenCheck, header: dict[str, Any]
) -> None:
    token = ".".join(segment(json.dumps(part)) for part in (header, teams.claims(), "x"))
    await refused(check, f"Bearer {token}", said(teams))


@pytest.mark.long
@fuzzed
@given(
    claims=json_values
    | st.dictionaries(st.sampled_from(["exp", "nbf", "iat", "aud", "iss", "sub", "jti"]), json_values)
)
async def test_whatever_microsoft_signs_it_is_refused_unless_it_is_right(
    teams: FakeTeams, check: TokenCheck, claims: Any
) -> None:
    await refused(check, f"Bearer {teams.keys.sign(claims)}", said(teams))


@pytest.mark.parametrize("depth", [500, 3_000, 50_000])
async def test_brackets_without_end_are_refused_too(teams: FakeTeams, check: TokenCheck, depth: int) -> None:
    deep = f'{{"alg": "RS256", "kid": "key-1", "x": {nested(depth)}}}'
    assert await refused(check, f"Bearer {segment(deep)}.e30.eA", said(teams)) in ("malformed", "signature")
    assert await refused(check, f"Bearer {teams.keys.sign(nested(depth).encode())}", said(teams)) == "malformed"


@fuzzed
@given(metadata=json_values | st.fixed_dictionaries({"jwks_uri": json_values}))
@example({"jwks_uri": "ftp://127.0.0.1/"})
@example({"jwks_uri": "http://[::1"})
async def test_whatever_the_key_server_answers_teams_is_only_asked_to_come_again(
    teams: FakeTeams, check: TokenCheck, seconds: Seconds, metadata: Any
) -> None:
    seconds.now += ASK_AGAIN_AFTER
    teams.answers["metadata"] = metadata
    with pytest.raises(KeysUnavailable):
        await check.check(bearer(teams), said(teams))


@fuzzed
@given(
    keys=json_values
    | st.fixed_dictionaries(
        {
            "keys": st.lists(
                st.fixed_dictionaries(
                    {"kid": st.just("key-1") | json_values, "kty": st.sampled_from(["RSA", "oct", "EC", 7])},
                    optional={
                        "endorsements": st.just(["msteams"]) | json_values,
                        "n": st.text() | json_values,
                        "e": st.just("AQAB") | json_values,
                        "d": st.text(),
                    },
                ),
                max_size=3,
            )
        }
    )
)
async def test_whatever_keys_are_shown_a_key_that_is_none_is_not_used(
    teams: FakeTeams, check: TokenCheck, seconds: Seconds, keys: Any
) -> None:
    seconds.now += ASK_AGAIN_AFTER
    teams.answers["keys"] = keys
    with pytest.raises((KeysUnavailable, Refused)):
        await check.check(bearer(teams), said(teams))
