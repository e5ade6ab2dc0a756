// The page: which phones there are, what arrives on them, and how it all comes back after a restart.

import { ask } from "./ask.js";
import { showClock } from "./clock.js";
import { Listener, get, post } from "./line.js";
import { Phone, ROLES } from "./phone.js";
import { make } from "./make.js";
import { askPhone } from "./sharing.js";

const LANGUAGES = [
  ["nl", "Nederlands"], ["ar", "العربية"], ["en", "English"], ["tr", "Türkçe"], ["pl", "Polski"], ["uk", "Українська"],
  ["ru", "Русский"], ["fa", "فارسی"], ["ti", "ትግርኛ"], ["so", "Soomaali"], ["es", "Español"], ["fr", "Français"], ["de", "Deutsch"],
];
const NAMES = ["Karim", "Ans", "Oksana", "Mehmet", "Samira", "Piet", "Leyla", "Tomasz"];
const STATES = { on: "verbonden", off: "geen verbinding, ik probeer het opnieuw…", busy: "verbinden…" };

const place = document.getElementById("phones");
const tabs = document.getElementById("tabs");
const phones = new Map();
let config = { phones: [], partners: [], bot: { name: "Koppelkans", username: "koppelkans_bot" } };

// What this browser added to the page; the demo itself remembers nothing of it.
const memory = {
  key: () => `koppelkans.phones.${config.bot?.username ?? ""}`,
  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key())) ?? { extra: [], partner: {} };
    } catch {
      return { extra: [], partner: {} };
    }
  },
  change(how) {
    const kept = this.read();
    how(kept);
    try {
      localStorage.setItem(this.key(), JSON.stringify(kept));
    } catch {
      // A browser without storage forgets; the page still works.
    }
  },
};

const listener = new Listener({
  reset: () => load(),
  state: showState,
  change(kind, facts) {
    if (kind === "profile") refreshProfile();
    else phones.get(facts.chat)?.change(kind, facts);
  },
});

function showState(state) {
  const line = document.getElementById("line");
  line.dataset.state = state;
  line.querySelector(".text").textContent = STATES[state];
}

let loading = 0;
async function load() {
  const mine = (loading += 1);
  for (;;) {
    try {
      config = { ...config, ...(await get("/demo/config")) };
      showClock(config.now);
      const kept = memory.read();
      for (const one of kept.extra) await post("/people", { id: one.id, first_name: one.name, language_code: one.language_code });
      const state = await get("/state");
      if (mine !== loading) return;
      for (const owner of config.phones) addPhone({ ...owner, partner: kept.partner[owner.id] });
      for (const one of kept.extra) addPhone({ ...one, kind: "resident", extra: true });
      const people = new Map(state.people.map((person) => [person.id, person]));
      for (const [id, phone] of phones) phone.load(people.get(id) ?? {});
      document.getElementById("about").textContent = `Telefoons naast elkaar · @${config.bot.username}`;
      listener.from(`${state.boot}.${state.number}`);
      return;
    } catch {
      if (mine !== loading) return;
      showState("off");
      await new Promise((settle) => setTimeout(settle, 1000));
    }
  }
}

// A bot tells about itself in many calls, one for each language: look once, when it is done.
let settling = 0;
function refreshProfile() {
  clearTimeout(settling);
  settling = setTimeout(readProfile, 300);
}

async function readProfile() {
  const state = await get("/state").catch(() => null);
  for (const person of state?.people ?? []) phones.get(person.id)?.setProfile(person);
}

function addPhone(owner) {
  if (phones.has(owner.id)) return phones.get(owner.id);
  const phone = new Phone({ ...owner }, { bot: config.bot, partners: config.partners ?? [], news, invite, remove, opened });
  phones.set(owner.id, phone);
  // Residents stand together, before those who help them.
  const after = owner.kind === "resident" ? [...place.children].find((one) => one.dataset.kind !== "resident") : null;
  place.insertBefore(phone.element, after ?? null);
  const tab = make("button", { type: "button", role: "tab", id: `tab-${owner.id}`, "aria-controls": phone.element.id, data: { kind: owner.kind } },
    make("span", { class: "tab-name" }, owner.name), make("span", { class: "tab-role" }, ROLES[owner.kind] ?? owner.kind), make("span", { class: "badge", hidden: true }));
  tab.addEventListener("click", () => choose(owner.id));
  phone.tab = tab;
  tabs.insertBefore(tab, after ? document.getElementById(`tab-${after.dataset.person}`) : null);
  if (phones.size === 1) choose(owner.id);
  else mark();
  return phone;
}

function remove(phone) {
  const id = phone.owner.id;
  memory.change((kept) => { kept.extra = kept.extra.filter((one) => one.id !== id); });
  phones.delete(id);
  phone.element.remove();
  phone.tab.remove();
  if (chosen === id && phones.size) choose([...phones.keys()][0]);
}

async function invite(wish, owner) {
  const { payload } = await post("/demo/invite", wish);
  if (wish.partner) memory.change((kept) => { kept.partner[owner.id] = wish.partner; });
  return payload;
}

// A link to the bot, tapped in a message.
async function opened(payload, from) {
  const phone = phones.get(await askPhone([...phones.values()], from.owner));
  if (!phone) return;
  choose(phone.owner.id);
  phone.element.scrollIntoView({ inline: "nearest", block: "nearest" });
  await phone.act("start", { payload });
}

let chosen = null;
function choose(id, focus = false) {
  chosen = id;
  mark();
  const phone = phones.get(id);
  count(phone, 0);
  phone.talk.toEnd();
  if (focus) phone.tab.focus();
  phone.tab.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function mark() {
  for (const [id, phone] of phones) {
    const on = id === chosen;
    phone.element.classList.toggle("chosen", on);
    phone.tab.setAttribute("aria-selected", String(on));
    phone.tab.tabIndex = on ? 0 : -1;
  }
}

tabs.addEventListener("keydown", (event) => {
  const order = [...tabs.children].map((tab) => Number(tab.id.slice(4)));
  const at = order.indexOf(chosen);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: order.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(order.at(to % order.length), true);
});

function count(phone, number) {
  phone.unread = number;
  const badge = phone.tab.querySelector(".badge");
  badge.hidden = !number;
  badge.textContent = number;
}

// Something new on a phone that cannot be seen now.
function news(phone) {
  if (getComputedStyle(phone.element).display === "none") count(phone, (phone.unread ?? 0) + 1);
}

document.getElementById("add").addEventListener("click", async () => {
  const taken = new Set([...phones.values()].map((phone) => phone.owner.name));
  const given = await ask({
    title: "Nog een bewoner",
    yes: "Erbij zetten",
    fields: [
      { name: "name", label: "Voornaam", value: NAMES.find((name) => !taken.has(name)) ?? "", required: true, maxLength: 40 },
      { name: "language_code", label: "Taal van de telefoon", value: "nl", choices: LANGUAGES },
    ],
  });
  if (!given) return;
  try {
    const person = await post("/people", { first_name: given.name, language_code: given.language_code });
    const owner = { id: person.id, name: person.first_name, language_code: given.language_code };
    memory.change((kept) => { kept.extra.push(owner); });
    const phone = addPhone({ ...owner, kind: "resident", extra: true });
    phone.load(person);
    choose(owner.id);
    phone.element.scrollIntoView({ inline: "center", block: "nearest" });
    phone.part(".start").focus();
  } catch {
    showState("off");
  }
});

async function begin() {
  showState("busy");
  await load();
  const start = new URLSearchParams(location.search).get("start");
  if (start === null) return;
  history.replaceState(null, "", location.pathname);
  const resident = [...phones.values()].find((phone) => phone.owner.kind === "resident");
  if (!resident) return;
  choose(resident.owner.id);
  await resident.act("start", { payload: start });
}

begin();
