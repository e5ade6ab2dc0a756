// One phone: a chat with the bot, and everything that its owner can do with it.

import { ask } from "./ask.js";
import { Conversation } from "./conversation.js";
import { make, paintFace } from "./make.js";
import { menu } from "./menu.js";
import { post, upload } from "./line.js";
import { askCode, askContact, askOwnNumber, startOf } from "./sharing.js";

export const ROLES = { resident: "bewoner", partner: "partner", coordinator: "coördinator" };
const ACTIONS = { upload_photo: "stuurt een foto…", record_voice: "neemt geluid op…", upload_voice: "stuurt geluid…" };
const HINTS = {
  resident: "Tik op START om het gesprek te beginnen.",
  partner: "Kies hierboven een organisatie. Dan opent de uitnodiging.",
  coordinator: "Tik op START. De uitnodiging voor de coördinator gaat mee.",
};

const HELLO = "Hier begint het gesprek met de bot, zoals iemand het op een eigen telefoon ziet.";
const SORRY = {
  line: "Geen verbinding. Probeer het zo nog eens.",
  404: "Dat kan nu niet meer. Kijk naar het laatste bericht.",
  413: "Dat bestand is te groot.",
};

export class Phone {
  constructor(owner, { bot, partners, news, invite, remove, opened }) {
    Object.assign(this, { owner, bot, news, invite, remove, opened });
    this.commands = [];
    this.keysHidden = false;
    this.element = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.part = (selector) => this.element.querySelector(selector);
    this.text = this.part("textarea");
    this.talk = new Conversation(this.element, {
      owner, tap: (id, button) => this.#tap(id, button), command: (words) => this.say(words), follow: (url) => this.#follow(url),
    });
    this.#dress(partners);
    this.#wire();
  }

  get title() {
    return `${this.owner.name}, ${ROLES[this.owner.kind] ?? this.owner.kind}`;
  }

  #dress(partners) {
    const { id, name, kind } = this.owner;
    Object.assign(this.element.dataset, { kind, person: id });
    this.element.id = `phone-${id}`;
    this.element.setAttribute("aria-label", `Telefoon van ${this.title}`);
    this.part(".log").setAttribute("aria-label", `Gesprek van ${name}`);
    this.text.setAttribute("aria-label", `Bericht van ${name}`);
    this.part(".owner h2").textContent = name;
    this.part(".role").textContent = ROLES[kind] ?? kind;
    this.part(".top .name").textContent = this.bot.name;
    this.part(".hint").textContent = HINTS[kind] ?? HINTS.resident;
    paintFace(this.part(".owner .face"), this.owner);
    if (kind === "partner") this.#offerPartners(partners);
  }

  #offerPartners(partners) {
    const select = this.part(".partner select");
    this.part(".partner").hidden = false;
    select.append(make("option", { value: "" }, "Kies een organisatie…"), ...partners.map((one) => make("option", { value: one.id }, one.name)));
    select.value = this.owner.partner ?? "";
    select.addEventListener("change", () => select.value && this.#join({ partner: select.value }));
  }

  async #join(wish) {
    await this.do(async () => {
      const payload = await this.invite(wish, this.owner);
      await post(`/people/${this.owner.id}/start`, { payload });
    });
  }

  #wire() {
    this.part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.text.addEventListener("input", () => this.#grow());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.part(".start").addEventListener("click", () => this.#start());
    this.part(".with-code").addEventListener("click", () => this.openWithCode());
    this.part(".unblock").addEventListener("click", () => this.act("unblock"));
    this.part(".stop-editing").addEventListener("click", () => this.#edit(null));
    this.part(".toggle-keys").addEventListener("click", () => {
      this.keysHidden = !this.keysHidden;
      this.#drawKeys();
    });
    this.part(".picker").addEventListener("change", (event) => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) this.do(() => upload(this.owner.id, /^image\/(png|jpeg|gif|webp)$/.test(file.type) ? "photo" : "document", file));
    });
    menu(this.part(".commands"), () => this.commands.map(({ command, description }) => (
      { label: description, note: `/${command}`, act: () => this.say(`/${command}`) }
    )));
    menu(this.part(".attach"), () => [
      { label: "📷 Foto (voorbeeld)", act: () => this.act("media", { kind: "photo" }) },
      { label: "🎤 Spraakbericht", act: () => this.act("media", { kind: "voice" }) },
      { label: "🙂 Sticker", act: () => this.act("media", { kind: "sticker" }) },
      { label: "👤 Contact delen…", act: () => this.#contact() },
      { label: "📄 Eigen bestand…", act: () => this.part(".picker").click() },
    ]);
    menu(this.part(".owner .pop-over"), () => [
      { label: "Openen met een code…", act: () => this.openWithCode() },
      this.blocked ? { label: "Bot deblokkeren", act: () => this.act("unblock") } : { label: "Bot blokkeren", act: () => this.act("block") },
      ...(this.owner.extra ? [{ label: "Telefoon weghalen", act: () => this.remove(this) }] : []),
    ]);
  }

  #key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && !this.text.value) {
      const mine = this.talk.lastOwn();
      if (mine) this.#edit(mine);
    } else if (event.key === "Escape" && this.editing) this.#edit(null);
  }

  #edit(message) {
    this.editing = message;
    this.part(".editing").hidden = !message;
    this.text.value = message?.text ?? "";
    this.#grow();
    this.text.focus();
  }

  #grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 132)}px`;
    this.part(".compose").classList.toggle("filled", Boolean(this.text.value.trim()));
  }

  async #send() {
    const text = this.text.value.trim();
    if (!text) return;
    const editing = this.editing;
    this.text.value = "";
    if (editing) this.#edit(null);
    this.#grow();
    const done = editing ? await this.act("edit", { message_id: editing.message_id, text }) : await this.say(text);
    if (!done && !this.text.value) this.text.value = text;
  }

  async #start() {
    if (this.owner.kind === "coordinator") await this.#join({ role: "coordinator" });
    else if (this.owner.kind === "partner") this.part(".partner select").focus();
    else await this.act("start");
  }

  async openWithCode() {
    const given = await askCode(this.bot);
    if (given) await this.act("start", given);
  }

  // A link to this bot stays on the page, anything else goes its way.
  #follow(url) {
    const payload = startOf(url, this.bot);
    if (payload === null) return false;
    this.opened(payload, this);
    return true;
  }

  async #contact() {
    const given = await askContact(this.owner);
    if (given) await this.act("contact", given);
  }

  async #press(key) {
    if (!key.request_contact || (await askOwnNumber(this.owner, this.bot))) await this.act("press", { text: key.text });
  }

  say(text) {
    return this.act("say", { text });
  }

  act(name, body = {}) {
    this.talk.pinned = true;
    return this.do(() => post(`/people/${this.owner.id}/${name}`, body));
  }

  async do(work) {
    try {
      await work();
      return true;
    } catch (error) {
      this.toast(SORRY[error.status] ?? (error.status ? `Dat lukte niet. (${error.message})` : SORRY.line));
      return false;
    }
  }

  // Everything anew, as the server has it.
  load(state) {
    Object.assign(this, { keys: state.keyboard ?? null, blocked: Boolean(state.blocked) });
    this.owner.phone = state.phone;
    this.setProfile(state);
    this.talk.load(state);
    this.#drawKeys();
    this.#mood();
    this.talk.toEnd();
  }

  // What the bot tells about itself: its commands, and what it can do.
  setProfile({ commands = [], description = "" }) {
    this.commands = commands;
    this.part(".commands").hidden = !commands.length;
    this.part(".about-bot .text").textContent = description || HELLO;
  }

  change(kind, facts) {
    const act = {
      message: () => this.#arrive(facts.message),
      edit: () => this.talk.put(facts.message, true),
      delete: () => this.talk.drop(facts.message_id),
      keyboard: () => {
        this.keys = facts.keyboard;
        this.keysHidden = false;
        this.#drawKeys();
      },
      waiting: () => this.talk.wait(facts.query, { id: facts.message_id, data: facts.data }),
      answered: () => this.#answered(facts),
      action: () => this.#status(ACTIONS[facts.action] ?? "is aan het typen…"),
      read: () => this.talk.read(facts.message_id),
      blocked: () => {
        this.blocked = facts.blocked;
        this.#mood();
      },
    }[kind];
    act?.();
  }

  #arrive(message) {
    const own = message.from?.id === this.owner.id;
    if (!own) this.#status("");
    this.talk.put(message, false);
    this.#mood();
    if (own) this.talk.toEnd();
    else this.news(this, message);
  }

  #tap(id, button) {
    if (button.copy_text) return navigator.clipboard?.writeText(button.copy_text.text);
    return this.act("tap", { message_id: id, data: button.callback_data ?? "" });
  }

  #answered({ query, text, alert }) {
    this.talk.answered(query);
    if (text && alert) ask({ title: this.bot.name, text, yes: "OK", no: "" });
    else if (text) this.toast(text);
  }

  #drawKeys() {
    const keys = this.keys?.rows?.length ? this.keys : null;
    const board = this.part(".keyboard");
    const stay = this.talk.pinned;
    board.hidden = !keys || this.keysHidden;
    this.part(".toggle-keys").hidden = !keys;
    this.part(".toggle-keys").setAttribute("aria-expanded", String(!board.hidden));
    this.text.placeholder = keys?.options?.input_field_placeholder || "Bericht";
    board.replaceChildren(...(keys?.rows ?? []).map((row) => make("div", { class: "row", dir: "ltr" }, ...row.map((key) => {
      const made = make("button", { type: "button" }, make("span", { dir: "auto" }, key.text));
      if (key.request_contact) made.prepend(make("span", { class: "mark", "aria-hidden": "true" }, "👤"));
      made.addEventListener("click", () => this.#press(key));
      return made;
    }))));
    if (stay) this.talk.toEnd();
  }

  #mood() {
    const fresh = this.talk.empty && !this.blocked;
    this.part(".welcome").hidden = !fresh;
    this.part(".about-bot").hidden = !fresh;
    this.part(".stopped").hidden = !this.blocked;
    this.part(".compose").hidden = fresh || this.blocked;
    this.part(".start").hidden = this.owner.kind === "partner";
    this.element.classList.toggle("is-blocked", Boolean(this.blocked));
    if (fresh || this.blocked) this.part(".keyboard").hidden = true;
  }

  #status(text) {
    clearTimeout(this.typing);
    this.part(".top .status").textContent = text || "bot";
    this.part(".top .status").classList.toggle("busy", Boolean(text));
    if (text) this.typing = setTimeout(() => this.#status(""), 5000);
  }

  toast(text) {
    const place = this.part(".toast");
    clearTimeout(this.fading);
    place.textContent = text;
    place.dir = "auto";
    place.classList.add("shown");
    this.fading = setTimeout(() => place.classList.remove("shown"), 3500);
  }
}
