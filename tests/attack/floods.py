"""Too much at once: one chat, a group, an album, the same update again. Others must not notice."""

from __future__ import annotations

import asyncio
import time

import orjson

from bot.demo.phones.person import Person
from tests.attack.case import Cases
from tests.attack.door import Door
from tests.attack.town import Town
from tests.e2e.feeder import SECRET

NOISE, QUIET = 2000, 200
AWAY = 2_000_000_000
"""Ids of updates that the stand-in does not give by itself."""

FLOODS: Cases[Town] = Cases()


@FLOODS.add(
    "one chat makes noise",
    f"{NOISE} × “hoi” by one, then /start by {QUIET} others",
    "p95 of the others at most twice that without noise",
)
async def one_chat_makes_noise(town: Town) -> None:
    before = await _p95_of_starts(town)
    noisy = town.stranger()
    for _ in range(NOISE):
        noisy.say("hoi")
    during = await _p95_of_starts(town)
    assert during <= 2 * before + 0.5, f"p95 {during:.1f} s with the noise, {before:.1f} s without"


@FLOODS.add("danger amid noise", f"{NOISE} × “hoi” by one, then “Ik ruik gas” by another", "the numbers within 10 s")
async def danger_amid_noise(town: Town) -> None:
    noisy, smeller = town.stranger(), town.stranger()
    for _ in range(NOISE):
        noisy.say("hoi")
    await town.danger(smeller, lambda: smeller.say("Ik ruik gas"))
    await town.serves()


@FLOODS.add("noise in a group", "200 messages in a group", "at most one answer there; others are served")
async def noise_in_a_group(town: Town) -> None:
    people = [town.stranger() for _ in range(3)]
    group = town.here.world.group(-4242, "Buren", people)
    for number in range(200):
        people[number % 3].say("gezellig hier", where=group.id)
    await town.serves()
    await town.quiet()
    said = [each for each in group.shown if each["from"]["is_bot"]]
    assert len(said) <= 1, f"{len(said)} answers in the group"


@FLOODS.add("an album", "ten photos with one media_group_id", "one answer")
async def an_album(town: Town) -> None:
    person = await town.someone()
    before = len(town.said(person))
    for number in range(10):
        photo = [{"file_id": f"f{number}", "file_unique_id": f"u{number}", "width": 90, "height": 90}]
        town.send(person, photo=photo, media_group_id="13579")
    await town.quiet()
    found = len(town.said(person)) - before
    assert found == 1, f"{found} answers"


@FLOODS.add("the same update again", "an update twice in one poll or by two calls, and once more later", "one answer")
async def the_same_update_again(town: Town) -> None:
    if town.port:
        await _twice_at_the_door(town)
    person = town.stranger()
    town.account.faults.double = 1
    person.start()
    number = max(town.account.queue)
    await town.quiet()
    town.account.again(number)
    await town.quiet()
    await town.serves()
    found = len(town.said(person))
    assert found == 1, f"{found} answers"


async def _twice_at_the_door(town: Town) -> None:
    """Bring one update by five calls at the same time."""
    person = await town.someone()
    before = len(town.said(person))
    content = {"message_id": 1, "date": 1, "from": person.user(), "chat": person.chat().info, "text": "/menu"}
    body = orjson.dumps({"update_id": AWAY + person.id, "message": content})
    door = Door("127.0.0.1", town.port, town.serves, SECRET)
    statuses = await asyncio.gather(*(door.bring(body) for _ in range(5)))
    assert statuses == [200] * 5, f"{statuses} to the same update by five calls"
    await town.quiet()
    found = len(town.said(person)) - before
    assert found == 1, f"{found} answers to one update by five calls"


async def _p95_of_starts(town: Town) -> float:
    """Let many people begin at once; seconds until all but a twentieth had their first answer."""
    waiting = {person.id: person for person in (town.stranger() for _ in range(QUIET))}
    began, took = time.monotonic(), list[float]()
    for person in waiting.values():
        person.start()
    enough = QUIET * 95 // 100
    try:
        async with asyncio.timeout(120):
            while len(took) < enough:
                answered = [each for each, person in waiting.items() if _answered(person)]
                for each in answered:
                    del waiting[each]
                took += [time.monotonic() - began] * len(answered)
                if len(took) < enough:
                    await town.here.world.journal.bell.wait()
    except TimeoutError:
        raise AssertionError(f"{len(took)} of {QUIET} were answered in two minutes") from None
    return took[enough - 1]


def _answered(person: Person) -> bool:
    return any(each["from"]["is_bot"] for each in person.chat().shown)
