"""The rehearsal chat: a place in the browser to live through a crisis, by the same way as on any platform.

What is said here goes through the same inbox, router, handlers and outbox; only the last step is a row instead of a
call to somebody's server.
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import hmac
import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.clock import SystemClock
from bot.engine.engine import Engine
from bot.engine.platform import Outgoing, Ref, Undeliverable
from bot.engine.rates import NO_LIMITS
from bot.engine.save_form import asked
from handlers.core.card import Card, Field
from handlers.core.enclosures import measure, titled
from handlers.core.incoming import Enclosed, Incoming
from storage.case.chain import clean
from storage.plan.reach import Way
from storage.rows.crisis import Crisis
from storage.rows.log import LARGEST, content_of, store
from storage.rows.traffic import Address, Message, RehearsalPost, StaffChannel

NAME = "rehearsal"
GENERAL = "generelt"
MENTION = re.compile(r"^\s*(/krise|@krisebot)\b", re.IGNORECASE)
SPAN = re.compile(r"^(\d{1,6})(s|m|h|d)$")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
PERSON = re.compile(r"^[^\s:/]{1,60}$")
# A person's words and everything that follows are answered within this, in seconds.
PATIENCE = 20.0
COOKIE = "krisebot_join"
# What a page may attach to one message; and, in bytes, how much it may send, text and base64 and all.
MOST_FILES, LONGEST_NAME = 10, 200
LARGEST_SAID = LARGEST * 4 // 3 + 2**20
TOO_LARGE = f"Det er for stort. Send højst {LARGEST // 1024**2} MB ad gangen."
# How often an open page is told that it still is, in seconds.
HEARTBEAT = 15.0

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Rehearsal:
    """The rehearsal chat as a platform, with its JSON door.

    Args:
        engine: what it puts inputs into.
        clock: the clock that can be wound.
        port: the port it is reached on.
        join_code: asked for before anything is shown; None on loopback.
    """

    name = NAME
    has_rooms = True
    way = Way(NAME, "øvelseschatten", everybody=True)
    limits = NO_LIMITS
    refused = 0

    def __init__(self, engine: Engine, clock: SystemClock, host: str, port: int, join_code: str | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]", host)}
        self._any_host = join_code is not None
        self._join_code = join_code
        self._ticket = secrets.token_urlsafe(24)
        self._changed = asyncio.Condition()
        self._news = 0

    # --- as a platform ---

    async def start(self) -> None:
        """Nothing to open."""

    async def stop(self) -> None:
        """Let those who listen go."""
        await self._tell()

    def trouble(self) -> str | None:
        """Never: it is here."""
        return None

    def lane_of(self, person: str, address: Address | None) -> str | None:
        """Everybody is reached here, but for strangers of another platform."""
        platform, _, name = person.rpartition(":")
        return f"dm:{name}" if platform in ("", NAME) else None

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Put it in the place."""
        async with self._engine.database.turn() as db:
            row = await self._standing(db, post)
            if row is None:
                row = RehearsalPost(
                    seq=await _next_seq(db), place=lane, sender="krisebot", text="", at=self._clock.now()
                )
                db.add(row)
            _draw(row, post)
            await db.flush()
            number = row.id
        await self._tell()
        return {"post": number}

    async def edit(self, lane: str, ref: Ref, post: Outgoing) -> Ref:
        """Change it where it stands."""
        async with self._engine.database.turn() as db:
            row = await db.get_one(RehearsalPost, ref["post"])
            _draw(row, post)
            row.seq = await _next_seq(db)
        await self._tell()
        return ref

    async def find(self, lane: str, post: Outgoing) -> Ref | None:
        """Nothing is in doubt where sending is a row."""
        async with self._engine.database.reading() as db:
            row = await self._standing(db, post)
        return {"post": row.id} if row else None

    async def open_room(self, name: str, title: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """A channel is its name; a second of the same name gets a number."""
        async with self._engine.database.reading() as db:
            taken = set(await db.scalars(select(StaffChannel.address).where(StaffChannel.platform == NAME)))
        address, number = name, 2
        while address in taken:
            address, number = f"{name}-{number}", number + 1
        return address, {}

    async def admit(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> Collection[str]:
        """Whoever is a member sees it."""
        await self._tell()
        return [person for person in persons if self.lane_of(person, None)]

    async def dismiss(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> None:
        """Whoever is not a member does not."""
        await self._tell()

    async def fetch(self, reference: Mapping[str, Any], largest: int) -> bytes:
        """What was attached is here already: the page sent it along."""
        async with self._engine.database.reading() as db:
            content = await content_of(db, str(reference["sha256"]))
        if content is None:
            raise Undeliverable("Filen er der ikke længere.")
        return content

    async def _standing(self, db: AsyncSession, post: Outgoing) -> RehearsalPost | None:
        found: RehearsalPost | None = await db.scalar(
            select(RehearsalPost).where(RehearsalPost.message_id == post.message)
        )
        return found

    async def _tell(self) -> None:
        async with self._changed:
            self._news += 1
            self._changed.notify_all()

    # --- as a door ---

    def routes(self) -> list[web.RouteDef]:
        """The page and the JSON door."""
        return [
            web.get("/", self._page),
            web.get("/rehearsal/static/{file:.+}", self._static),
            web.post("/rehearsal/join", self._join),
            web.get("/rehearsal/people", self._guarded(self._people)),
            web.get("/rehearsal/places", self._guarded(self._places)),
            web.get("/rehearsal/messages", self._guarded(self._messages)),
            web.get("/rehearsal/stream", self._guarded(self._stream)),
            web.get("/rehearsal/clock", self._guarded(self._now)),
            web.post("/rehearsal/clock", self._guarded(self._wind)),
            web.post("/rehearsal/say", self._guarded(self._say)),
            web.post("/rehearsal/press", self._guarded(self._press)),
            web.get("/rehearsal/save", self._guarded(self._wants_to_save)),
            web.post("/rehearsal/save", self._guarded(self._save)),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            self._check_origin(request)
            if self._join_code and not hmac.compare_digest(request.cookies.get(COOKIE, ""), self._ticket):
                return _refuse(401, "Skriv adgangskoden, som står, hvor krisebot blev startet.")
            return await handler(request)

        return guarded

    def _check_origin(self, request: web.Request) -> None:
        """Only pages of ours may speak to the door: another site in the same browser may not."""
        origin = request.headers.get("Origin")
        if not self._any_host and request.host not in self._hosts:
            self.refused += 1
            raise _error(403, "Ukendt værtsnavn.")
        if origin is not None and urlsplit(origin).netloc != request.host:
            self.refused += 1
            raise _error(403, "Kaldet kommer fra et andet sted.")

    async def _page(self, request: web.Request) -> web.Response:
        self._check_origin(request)
        return _file("index.html")

    async def _static(self, request: web.Request) -> web.Response:
        return _file(request.match_info["file"])

    async def _join(self, request: web.Request) -> web.Response:
        self._check_origin(request)
        body = await _body(request)
        if not self._join_code or not hmac.compare_digest(str(body.get("code", "")), self._join_code):
            return _refuse(401, "Forkert adgangskode.")
        response = web.json_response({})
        response.set_cookie(COOKIE, self._ticket, httponly=True, samesite="Strict")
        return response

    async def _people(self, request: web.Request) -> web.Response:
        people = [
            {"id": number, "name": person.name, "title": person.title, "unit": person.unit, "in_plan": True}
            for number, person in self._engine.plan().persons.items()
        ]
        return web.json_response({"me_hint": "finn", "people": people, "zone": str(self._engine.plan().timezone)})

    async def _places(self, request: web.Request) -> web.Response:
        person = self._person(request.query.get("for"))
        async with self._engine.database.reading() as db:
            rooms = await self._rooms_of(db, person)
        places = [{"id": "dm", "title": "Krisebot"}, {"id": GENERAL, "title": f"#{GENERAL}"}]
        return web.json_response({"places": places + [{"id": room, "title": f"#{room}"} for room in rooms]})

    async def _messages(self, request: web.Request) -> web.Response:
        person = self._person(request.query.get("for"))
        after = request.query.get("after", "0")
        if not after.isdecimal():
            raise _error(400, "after skal være et tal.")
        async with self._engine.database.reading() as db:
            places = [f"dm:{_short(person)}", GENERAL, *await self._rooms_of(db, person)]
            posts = await db.scalars(
                select(RehearsalPost)
                .where(RehearsalPost.place.in_(places), RehearsalPost.seq > int(after))
                .order_by(RehearsalPost.seq)
            )
            return web.json_response([self._shown(post) for post in posts])

    def _shown(self, post: RehearsalPost) -> dict[str, Any]:
        card = post.card
        in_plan = self._engine.plan().persons.get(post.sender)
        fields = [] if card is None else card["fields"] + [field for each in card["buttons"] for field in each["form"]]
        return {
            "id": f"m{post.id}",
            "seq": post.seq,
            "in": "dm" if post.place.startswith("dm:") else post.place,
            "from": post.sender,
            "text": post.text,
            "buttons": [button["label"] for button in card["buttons"]] if card else [],
            "fields": [{name: field[name] for name in ("id", "label", "required")} for field in fields],
            "at": post.at.isoformat(),
            "from_name": "Krisebot"
            if post.sender == "krisebot"
            else in_plan.name
            if in_plan
            else post.sender.capitalize(),
            "files": [{"name": each["name"], "size": measure(each["size"])} for each in post.files],
            "version": post.version,
            "only_you": False,
            "card": card
            and {
                **card,
                "buttons": [
                    {name: button[name] for name in ("label", "style", "form", "form_title")}
                    for button in card["buttons"]
                ],
            },
        }

    async def _say(self, request: web.Request) -> web.Response:
        body = await _body(request, LARGEST_SAID)
        person, text, files = self._person(body.get("as")), body.get("text", ""), _files(body.get("files"))
        if not isinstance(text, str) or not (text.strip() or files):
            raise _error(400, "text mangler.")
        async with self._engine.database.turn() as db:
            place = await self._place(db, person, body.get("in", "dm"))
            post = RehearsalPost(
                seq=await _next_seq(db), place=place, sender=_short(person), text=_storable(text), at=self._clock.now()
            )
            post.files = [
                {"name": name, "content_type": kind, "size": len(content), "sha256": await store(db, content)}
                for name, kind, content in files
            ]
            db.add(post)
            await db.flush()
            seq, number = post.seq, post.id
        mentioned = MENTION.match(text)
        await self._take_in(
            Incoming(
                key=f"{NAME}/say/{number}",
                kind="command" if mentioned else "text",
                platform=NAME,
                sender=person,
                place="dm" if place.startswith("dm:") else "channel",
                conversation=place,
                received_at=self._clock.now(),
                text=text[mentioned.end() :].strip() if mentioned else text,
                message=f"{NAME}:{number}",
                enclosed=_enclosed(post),
                sender_name=self._name(person),
            )
        )
        return web.json_response({"seq": seq})

    async def _press(self, request: web.Request) -> web.Response:
        body = await _body(request)
        person, label = self._person(body.get("as")), body.get("button")
        values = _values(body)
        if not isinstance(label, str) or not isinstance(body.get("message"), str):
            raise _error(400, "message og button mangler.")
        async with self._engine.database.reading() as db:
            post = await self._seen(db, person, body["message"])
            message = await db.get(Message, post.message_id) if post and post.message_id else None
            seq = await db.scalar(select(func.max(RehearsalPost.seq))) or 0
        button = Card.from_json(post.card).button(label) if post and post.card else None
        if message is None or button is None:
            return _refuse(404, "Knappen er der ikke længere.")
        await self._take_in(
            Incoming(
                key=f"{NAME}/press/{secrets.token_hex(12)}",
                kind="press",
                platform=NAME,
                sender=person,
                place="channel",
                conversation=post.place if post else "",
                received_at=self._clock.now(),
                action=button.do,
                args=dict(button.args),
                values=values,
                message=str(message.id),
                sender_name=self._name(person),
            )
        )
        return web.json_response({"seq": seq})

    async def _wants_to_save(self, request: web.Request) -> web.Response:
        person = self._person(request.query.get("for"))
        async with self._engine.database.reading() as db:
            post = await self._seen(db, person, request.query.get("message", ""))
        if post is None:
            return _refuse(404, "Beskeden er der ikke.")
        text = Field("text", "Tekst", "long", required=True, value=post.text or titled(_enclosed(post)))
        fields = (text, *await asked(self._engine, NAME, person, post.place))
        return web.json_response({"fields": [dataclasses.asdict(each) for each in fields]})

    async def _save(self, request: web.Request) -> web.Response:
        body = await _body(request)
        person, values = self._person(body.get("as")), _values(body)
        async with self._engine.database.reading() as db:
            post = await self._seen(db, person, str(body.get("message")))
            seq = await db.scalar(select(func.max(RehearsalPost.seq))) or 0
        if post is None:
            return _refuse(404, "Beskeden er der ikke.")
        await self._take_in(
            Incoming(
                key=f"{NAME}/save/{secrets.token_hex(12)}",
                kind="save",
                platform=NAME,
                sender=person,
                place="channel",
                conversation=post.place,
                received_at=self._clock.now(),
                text=values.get("text", "").strip() or post.text,
                values=values,
                message=f"{NAME}:{post.id}",
                author=self._full(post.sender),
                said_at=post.at,
                enclosed=_enclosed(post),
                sender_name=self._name(person),
            )
        )
        return web.json_response({"seq": seq})

    async def _take_in(self, incoming: Incoming) -> None:
        await self._engine.intake.accept(incoming)
        await self._tell()
        await asyncio.wait_for(self._engine.settle(), PATIENCE)

    async def _now(self, request: web.Request) -> web.Response:
        return web.json_response({"now": _iso(self._clock.now())})

    async def _wind(self, request: web.Request) -> web.Response:
        body = await _body(request)
        if isinstance(body.get("set"), str):
            try:
                to = datetime.fromisoformat(body["set"])
            except ValueError:
                raise _error(400, "set skal være et tidspunkt som 2026-07-02T14:00:00+02:00.") from None
            to = to.replace(tzinfo=self._engine.plan().timezone) if to.tzinfo is None else to
        elif isinstance(body.get("advance"), str) and (span := SPAN.match(body["advance"])):
            to = self._clock.now() + timedelta(**{UNITS[span[2]]: int(span[1])})
        else:
            raise _error(400, 'Skriv {"set": tidspunkt} eller {"advance": "5m"}.')
        to = to.astimezone(UTC)
        if to < self._clock.now():
            self._clock.set(to)
        await self._engine.wind(self._clock, to)
        await self._tell()
        return web.json_response({"now": _iso(self._clock.now())})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request.query.get("for"))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        try:
            await self._follow(response, person)
        except ConnectionResetError:
            log.debug("%s closed the page", person)
        return response

    async def _follow(self, response: web.StreamResponse, person: str) -> None:
        """Tell of what is new to a person, for as long as the page is open."""
        seen: int | None = None
        told_offset: timedelta | None = None
        while True:
            before = self._news
            async with self._engine.database.reading() as db:
                places = [f"dm:{_short(person)}", GENERAL, *await self._rooms_of(db, person)]
                newest = await db.scalar(select(func.max(RehearsalPost.seq)).where(RehearsalPost.place.in_(places)))
            signature = hash((newest, tuple(places)))
            if signature != seen:
                seen = signature
                await response.write(f"event: changed\ndata: {json.dumps({'seq': newest or 0})}\n\n".encode())
            if told_offset != self._clock.offset:
                told_offset = self._clock.offset
                await response.write(f"event: clock\ndata: {json.dumps({'now': _iso(self._clock.now())})}\n\n".encode())
            await self._news_after(before)
            await response.write(b": still here\n\n")

    async def _news_after(self, number: int) -> None:
        """Wait for news, but not so long that a line that is gone isn't noticed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT), self._changed:
                await self._changed.wait_for(lambda: self._news != number)

    # --- who and where ---

    def _person(self, name: Any) -> str:
        if not isinstance(name, str) or not PERSON.match(name.strip()):
            raise _error(400, "Skriv, hvem du er: et navn uden mellemrum.")
        return self._full(name.strip().casefold())

    def _full(self, name: str) -> str:
        return name if name in self._engine.plan().persons or name == "krisebot" else f"{NAME}:{name}"

    def _name(self, person: str) -> str:
        in_plan = self._engine.plan().persons.get(person)
        return in_plan.name if in_plan else _short(person).capitalize()

    async def _place(self, db: AsyncSession, person: str, place: Any) -> str:
        if place == "dm":
            return f"dm:{_short(person)}"
        if place == GENERAL:
            return GENERAL
        rooms = await self._rooms_of(db, person)
        if place == "stab" and rooms:
            return rooms[-1]
        if place in rooms:
            return str(place)
        raise _error(400, f"Du kan ikke skrive i {place!r}. Vælg dm, {GENERAL} eller en kanal, du er med i.")

    async def _rooms_of(self, db: AsyncSession, person: str) -> list[str]:
        rooms = await db.execute(
            select(StaffChannel, Crisis.state)
            .join(Crisis, Crisis.id == StaffChannel.crisis_id)
            .where(StaffChannel.platform == NAME, StaffChannel.address.is_not(None))
            .order_by(or_(Crisis.state == "active", Crisis.state == "warned"), StaffChannel.id)
        )
        return [room.address for room, _ in rooms if person in room.inside and room.address]

    async def _seen(self, db: AsyncSession, person: str, message: str) -> RehearsalPost | None:
        """A message, to somebody who can see it."""
        number = message.removeprefix("m")
        post = await db.get(RehearsalPost, int(number)) if number.isdecimal() and len(number) < 16 else None
        if post is None:
            return None
        places = [f"dm:{_short(person)}", GENERAL, *await self._rooms_of(db, person)]
        return post if post.place in places else None


def _draw(row: RehearsalPost, post: Outgoing) -> None:
    text = post.card.text
    row.text = f"(gentaget) {text}" if post.repeated else text
    row.card = json.loads(json.dumps(post.card.to_json()))
    row.message_id, row.version = post.message, post.version


async def _next_seq(db: AsyncSession) -> int:
    return (await db.scalar(select(func.max(RehearsalPost.seq))) or 0) + 1


def _enclosed(post: RehearsalPost) -> tuple[Enclosed, ...]:
    return tuple(
        Enclosed({"sha256": each["sha256"]}, each["name"], each["content_type"], each["size"]) for each in post.files
    )


def _files(said: Any) -> list[tuple[str, str, bytes]]:
    """What is attached: name, content type and bytes of each."""
    files = []
    for each in said if isinstance(said, list) else [] if said is None else [None]:
        if not isinstance(each, dict) or not all(isinstance(each.get(key), str) for key in ("name", "type", "data")):
            raise _error(400, "files skal være en liste af navn, type og data (base64).")
        try:
            content = base64.b64decode(each["data"], validate=True)
        except ValueError:
            raise _error(400, f"{each['name']} er ikke base64.") from None
        if len(content) > LARGEST:
            raise _error(400, TOO_LARGE)
        files.append((_storable(each["name"][:LONGEST_NAME]), _storable(each["type"][:LONGEST_NAME]), content))
    if len(files) > MOST_FILES:
        raise _error(400, f"Højst {MOST_FILES} filer ad gangen.")
    return files


async def _body(request: web.Request, largest: int | None = None) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise _error(400, "Kun JSON.")
    try:
        body = await (request.clone(client_max_size=largest) if largest else request).json()
    except web.HTTPRequestEntityTooLarge:
        raise _error(400, TOO_LARGE) from None
    except (ValueError, RecursionError):
        raise _error(400, "Det er ikke JSON.") from None
    if not isinstance(body, dict):
        raise _error(400, "Skriv et JSON-objekt.")
    return body


def _values(body: Mapping[str, Any]) -> dict[str, str]:
    values = body.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise _error(400, "values skal være tekster.")
    return values


def _error(status: int, why: str) -> web.HTTPException:
    kind = {400: web.HTTPBadRequest, 403: web.HTTPForbidden}[status]
    return kind(text=json.dumps({"error": why}), content_type="application/json")


def _refuse(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)


def _file(name: str) -> web.Response:
    page = resources.files("bot.platforms.rehearsal").joinpath("page")
    kinds = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    ending = name.rpartition(".")[2]
    if not re.fullmatch(r"[\w-]+\.\w+", name) or ending not in kinds:
        raise web.HTTPNotFound
    try:
        content = page.joinpath(name).read_bytes()
    except OSError:
        raise web.HTTPNotFound from None
    return web.Response(
        body=content,
        content_type=kinds[ending],
        charset="utf-8",
        headers={
            "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        },
    )


def _short(person: str) -> str:
    return person.removeprefix(f"{NAME}:")


def _storable(text: str) -> str:
    return str(clean(text))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
