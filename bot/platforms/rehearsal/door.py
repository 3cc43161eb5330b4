"""The rehearsal chat's JSON API: what the page and other programs say and press, over HTTP."""

from __future__ import annotations

import asyncio
import dataclasses
import hmac
import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.clock import SystemClock
from bot.engine.engine import Engine
from bot.engine.save_form import asked
from bot.platforms import links
from bot.platforms.rehearsal.posts import GENERAL, NAME, News, enclosed, next_seq, short, storable
from bot.platforms.rehearsal.requests import LARGEST_SAID, body_of, error, files_in, page_file, refusal, values_in
from handlers.core.card import Card, Field
from handlers.core.context import LONGEST_NUMBER
from handlers.core.enclosures import measure, titled
from handlers.core.incoming import Incoming
from storage.rows.crisis import Crisis
from storage.rows.log import store
from storage.rows.traffic import Message, RehearsalPost, StaffChannel

MENTION = re.compile(r"^\s*(/krise|@krisebot)\b", re.IGNORECASE)
SPAN = re.compile(r"^(\d{1,6})(s|m|h|d)$")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
PERSON = re.compile(r"^[^\s:/]{1,60}$")
# A person's words and everything that follows are answered within this, in seconds.
ANSWER_TIMEOUT = 20.0
COOKIE = "krisebot_join"

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# The years that the clock can be set to: a zone's time is no time before the first or after the last.
FIRST_YEAR, LAST_YEAR = 1970, 9000

# How long a wrong code takes, in seconds; they are taken one after the other.
GUESS = 0.5


class Door:
    """The page and its JSON API.

    Args:
        engine: what inputs are put into.
        clock: the clock that can be wound.
        news: whom to wake when something is said.
        host, port: where it is reached.
        join_code: asked for before anything is shown; None on loopback.
        down: whether the chat has been taken away: then it is as any other's that is.
    """

    def __init__(
        self,
        engine: Engine,
        clock: SystemClock,
        news: News,
        host: str,
        port: int,
        join_code: str | None,
        down: Callable[[], bool] = lambda: False,
    ) -> None:
        self.refused = 0
        self._engine = engine
        self._clock = clock
        self._news = news
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]", host)}
        self._any_host = join_code is not None
        self._join_code = join_code
        self._down = down
        self._guesses = asyncio.Lock()
        self._ticket = secrets.token_urlsafe(24)

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP paths of the page and its JSON API."""
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
            if self._join_code and not _same(request.cookies.get(COOKIE, ""), self._ticket):
                return refusal(401, "Skriv adgangskoden, som står, hvor krisebot blev startet.")
            if self._down():
                return refusal(503, "Chatten er nede.")
            return await handler(request)

        return guarded

    def _check_origin(self, request: web.Request) -> None:
        """Refuse a request from another site's page in the same browser: only our own pages may use the API."""
        origin = request.headers.get("Origin")
        if not self._any_host and request.host not in self._hosts:
            self.refused += 1
            raise error(403, "Ukendt værtsnavn.")
        if origin is not None and _host_of(origin) != request.host:
            self.refused += 1
            raise error(403, "Kaldet kommer fra et andet sted.")

    async def _page(self, request: web.Request) -> web.Response:
        self._check_origin(request)
        return page_file("index.html")

    async def _static(self, request: web.Request) -> web.Response:
        return page_file(request.match_info["file"])

    async def _join(self, request: web.Request) -> web.Response:
        self._check_origin(request)
        body = await body_of(request)
        if not self._join_code or not _same(str(body.get("code", "")), self._join_code):
            async with self._guesses:
                await asyncio.sleep(GUESS)
            return refusal(401, "Forkert adgangskode.")
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
        if not after.isdecimal() or len(after) > LONGEST_NUMBER:
            raise error(400, "after skal være et tal.")
        async with self._engine.database.reading() as db:
            places = [f"dm:{short(person)}", GENERAL, *await self._rooms_of(db, person)]
            posts = await db.scalars(
                select(RehearsalPost)
                .where(RehearsalPost.place.in_(places), RehearsalPost.seq > int(after))
                .order_by(RehearsalPost.seq)
            )
            return web.json_response([self._shown(post) for post in posts])

    def _shown(self, post: RehearsalPost) -> dict[str, Any]:
        card = post.card
        in_plan = self._engine.plan().persons.get(post.sender)
        buttons = Card.from_json(card).buttons if card else ()
        folded = Card.from_json(card).parted()[1] if card else ()
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
            "links": links.links("\n".join([post.text, *(value for _, value in (card["facts"] if card else ()))])),
            "card": card
            and {
                **card,
                "buttons": [
                    {name: button[name] for name in ("label", "style", "form", "form_title")}
                    | {"submit": each.submitted_by, "confirm": each.confirm, "folded": each in folded}
                    for button, each in zip(card["buttons"], buttons, strict=True)
                ],
            },
        }

    async def _say(self, request: web.Request) -> web.Response:
        body = await body_of(request, LARGEST_SAID)
        person, text, files = self._person(body.get("as")), body.get("text", ""), files_in(body.get("files"))
        if not isinstance(text, str) or not (text.strip() or files):
            raise error(400, "text mangler.")
        async with self._engine.database.turn() as db:
            place = await self._place(db, person, body.get("in", "dm"))
            answered = await self._seen(db, person, str(body.get("answers", "")))
            post = RehearsalPost(
                seq=await next_seq(db), place=place, sender=short(person), text=storable(text), at=self._clock.now()
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
                enclosed=enclosed(post),
                sender_name=self._name(person),
                answers_to=str(answered.message_id or "") if answered else "",
            )
        )
        return web.json_response({"seq": seq})

    async def _press(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person, label = self._person(body.get("as")), body.get("button")
        values = values_in(body)
        if not isinstance(label, str) or not isinstance(body.get("message"), str):
            raise error(400, "message og button mangler.")
        async with self._engine.database.reading() as db:
            post = await self._seen(db, person, body["message"])
            message = await db.get(Message, post.message_id) if post and post.message_id else None
            seq = await db.scalar(select(func.max(RehearsalPost.seq))) or 0
        button = Card.from_json(post.card).button(label) if post and post.card else None
        if message is None or button is None:
            return refusal(404, "Knappen er der ikke længere.")
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
            return refusal(404, "Beskeden er der ikke.")
        text = Field("text", "Tekst", "long", required=True, value=post.text or titled(enclosed(post)))
        fields = (text, *await asked(self._engine, NAME, person, post.place))
        return web.json_response({"fields": [dataclasses.asdict(each) for each in fields]})

    async def _save(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person, values = self._person(body.get("as")), values_in(body)
        async with self._engine.database.reading() as db:
            post = await self._seen(db, person, str(body.get("message")))
            seq = await db.scalar(select(func.max(RehearsalPost.seq))) or 0
        if post is None:
            return refusal(404, "Beskeden er der ikke.")
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
                enclosed=enclosed(post),
                sender_name=self._name(person),
            )
        )
        return web.json_response({"seq": seq})

    async def _take_in(self, incoming: Incoming) -> None:
        await self._engine.intake.accept(incoming)
        await self._news.tell()
        await asyncio.wait_for(self._engine.settle(), ANSWER_TIMEOUT)

    async def _now(self, request: web.Request) -> web.Response:
        return web.json_response({"now": _iso(self._clock.now())})

    async def _wind(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        if isinstance(body.get("set"), str):
            try:
                to = datetime.fromisoformat(body["set"])
            except ValueError:
                raise error(400, "set skal være et tidspunkt som 2026-07-02T14:00:00+02:00.") from None
            to = to.replace(tzinfo=self._engine.plan().timezone) if to.tzinfo is None else to
            if not FIRST_YEAR <= to.year <= LAST_YEAR:
                raise error(400, f"set skal ligge mellem år {FIRST_YEAR} og {LAST_YEAR}.")
        elif isinstance(body.get("advance"), str) and (span := SPAN.match(body["advance"])):
            to = self._clock.now() + timedelta(**{UNITS[span[2]]: int(span[1])})
        else:
            raise error(400, 'Skriv {"set": tidspunkt} eller {"advance": "5m"}.')
        to = to.astimezone(UTC)
        if to < self._clock.now():
            self._clock.set(to)
        await self._engine.wind(self._clock, to)
        await self._news.tell()
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
        """Send a person what is new, for as long as the page is open."""
        seen: int | None = None
        told_offset: timedelta | None = None
        while True:
            before = self._news.number
            async with self._engine.database.reading() as db:
                places = [f"dm:{short(person)}", GENERAL, *await self._rooms_of(db, person)]
                newest = await db.scalar(select(func.max(RehearsalPost.seq)).where(RehearsalPost.place.in_(places)))
            signature = hash((newest, tuple(places)))
            if signature != seen:
                seen = signature
                await response.write(f"event: changed\ndata: {json.dumps({'seq': newest or 0})}\n\n".encode())
            if told_offset != self._clock.offset:
                told_offset = self._clock.offset
                await response.write(f"event: clock\ndata: {json.dumps({'now': _iso(self._clock.now())})}\n\n".encode())
            await self._news.after(before)
            await response.write(b": still here\n\n")

    # --- who and where ---

    def _person(self, name: Any) -> str:
        if not isinstance(name, str) or not PERSON.match(name.strip()):
            raise error(400, "Skriv, hvem du er: et navn uden mellemrum.")
        return self._full(storable(name.strip().casefold()))

    def _full(self, name: str) -> str:
        return name if name in self._engine.plan().persons or name == "krisebot" else f"{NAME}:{name}"

    def _name(self, person: str) -> str:
        in_plan = self._engine.plan().persons.get(person)
        return in_plan.name if in_plan else short(person).capitalize()

    async def _place(self, db: AsyncSession, person: str, place: Any) -> str:
        if place == "dm":
            return f"dm:{short(person)}"
        if place == GENERAL:
            return GENERAL
        rooms = await self._rooms_of(db, person)
        if place == "stab" and rooms:
            return rooms[-1]
        if place in rooms:
            return str(place)
        raise error(400, f"Du kan ikke skrive i {place!r}. Vælg dm, {GENERAL} eller en kanal, du er med i.")

    async def _rooms_of(self, db: AsyncSession, person: str) -> list[str]:
        rooms = await db.execute(
            select(StaffChannel, Crisis.state)
            .join(Crisis, Crisis.id == StaffChannel.crisis_id)
            .where(StaffChannel.platform == NAME, StaffChannel.address.is_not(None))
            .order_by(or_(Crisis.state == "active", Crisis.state == "warned"), StaffChannel.id)
        )
        return [room.address for room, _ in rooms if person in room.inside and room.address]

    async def _seen(self, db: AsyncSession, person: str, message: str) -> RehearsalPost | None:
        """Return a message, when this person can see it."""
        number = message.removeprefix("m")
        post = await db.get(RehearsalPost, int(number)) if number.isdecimal() and len(number) < 16 else None
        if post is None:
            return None
        places = [f"dm:{short(person)}", GENERAL, *await self._rooms_of(db, person)]
        return post if post.place in places else None


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), right.encode())


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
