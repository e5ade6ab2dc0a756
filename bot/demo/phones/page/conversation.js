// What stands on the screen of one phone: the messages in order, changed in place, and where one is in them.

import { bubble, summary } from "./bubble.js";
import { day, make } from "./make.js";

const NEAR = 60;
const ABOVE = 8;

export class Conversation {
  constructor(element, { owner, tap, command, follow }) {
    Object.assign(this, { owner, tap, command, follow });
    this.log = element.querySelector(".log");
    this.jump = element.querySelector(".to-end");
    this.messages = new Map();
    this.drawn = new Map();
    this.waiting = new Map();
    this.readTo = 0;
    this.unseen = 0;
    this.pinned = true;
    this.log.addEventListener("scroll", () => this.#look(), { passive: true });
    this.jump.addEventListener("click", () => this.#scroll(this.log.scrollHeight, true));
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(this.log);
  }

  get empty() {
    return !this.messages.size;
  }

  // Everything anew, as the server has it.
  load({ messages = [], waiting = {}, read_to: readTo = 0 }) {
    this.messages = new Map(messages.map((one) => [one.message_id, one]));
    this.waiting = new Map(Object.entries(waiting).map(([query, id]) => [query, { id, data: null }]));
    this.readTo = readTo;
    this.drawn.clear();
    this.log.replaceChildren();
    for (const message of messages) this.#draw(message);
    this.toEnd();
  }

  put(message, edited) {
    const [stay, low, old] = [this.pinned, this.#low(), this.messages.get(message.message_id)];
    this.messages.set(message.message_id, message);
    this.#draw(message);
    if (edited) this.drawn.get(message.message_id)?.classList.add("changed");
    // Other buttons under the same words: whoever taps there stays there.
    if (edited && old && summary(old) === summary(message)) {
      if (low) this.#scroll(this.log.scrollHeight);
    } else if (stay) this.toEnd();
    else if (!edited) {
      this.unseen += 1;
      this.#look();
    }
  }

  drop(id) {
    this.messages.delete(id);
    this.drawn.get(id)?.remove();
    this.drawn.delete(id);
  }

  read(id) {
    this.readTo = id;
    for (const [number, element] of this.drawn) {
      const tick = number <= id && element.querySelector('.meta use[href="#sent"]');
      if (!tick) continue;
      element.querySelector(".meta .hidden").textContent = " gelezen";
      tick.setAttribute("href", "#read");
    }
  }

  // A tapped button turns until the bot answers, also when its card is drawn anew meanwhile.
  wait(query, what) {
    this.waiting.set(query, what);
    this.#spin(what, true);
  }

  answered(query) {
    const what = this.waiting.get(query);
    this.waiting.delete(query);
    if (what) this.#spin(what, this.#busy(what.id).has(what.data));
  }

  lastOwn() {
    return [...this.messages.values()].findLast((one) => one.from?.id === this.owner.id && one.text);
  }

  // The last message; of one that is longer than the screen its first line, because that is where reading begins.
  toEnd() {
    this.pinned = true;
    const last = this.log.lastElementChild;
    const long = last && last.offsetHeight > this.log.clientHeight;
    this.#scroll(long ? last.offsetTop - this.log.offsetTop - ABOVE : this.log.scrollHeight);
  }

  #scroll(top, smooth = false) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.log.scrollTo({ top, behavior: smooth && !calm ? "smooth" : "instant" });
  }

  #low() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  #look() {
    this.pinned = this.#low();
    if (this.pinned) this.unseen = 0;
    this.jump.hidden = this.pinned;
    this.jump.querySelector(".count").textContent = this.unseen || "";
  }

  #busy(id) {
    return new Set([...this.waiting.values()].filter((one) => one.id === id).map((one) => one.data));
  }

  #spin({ id, data }, on) {
    for (const button of this.drawn.get(id)?.querySelectorAll("button.button") ?? []) {
      if (button.dataset.data !== data) continue;
      button.classList.toggle("waits", on);
      if (on) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
  }

  #draw(message) {
    const id = message.message_id;
    const made = bubble(message, {
      own: message.from?.id === this.owner.id,
      read: id <= this.readTo,
      busy: this.#busy(id),
      tap: (button) => this.tap(id, button),
      command: this.command,
      follow: this.follow,
    });
    for (const picture of made.querySelectorAll("img")) {
      picture.addEventListener("load", () => this.pinned && this.toEnd());
    }
    const old = this.drawn.get(id);
    this.drawn.set(id, made);
    if (old) this.#replace(old, made);
    else this.#append(message, made);
  }

  #append(message, made) {
    const label = day(message.date);
    if (this.log.dataset.day !== label || !this.log.childElementCount) {
      this.log.append(make("p", { class: "day" }, label));
    }
    this.log.dataset.day = label;
    this.log.append(made);
  }

  // Who taps with the keyboard stays on the button with the same words, or at the card that changed.
  #replace(old, made) {
    const focus = old.contains(document.activeElement) ? document.activeElement : null;
    const words = focus?.textContent;
    old.replaceWith(made);
    if (!focus) return;
    const buttons = [...made.querySelectorAll(".buttons .button")];
    const next = buttons.find((button) => button.textContent === words) ?? buttons[0] ?? this.log;
    next.focus({ preventScroll: true });
  }
}
