// Small menus behind a button: open with a tap or the arrow keys, close with Escape, Tab or a tap elsewhere.

import { make } from "./make.js";

let open = null;

function close(focus = false) {
  if (!open) return;
  const { button, list } = open;
  open = null;
  list.hidden = true;
  button.setAttribute("aria-expanded", "false");
  if (focus) button.focus();
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.list.contains(event.target) && !open.button.contains(event.target)) close();
});

// `entries()` gives what is in it now: { label, note, act }.
export function menu(holder, entries) {
  const button = holder.querySelector("button");
  const list = holder.querySelector(".menu");

  function show(first) {
    close();
    const items = entries().map(({ label, note, act }) => {
      const item = make("button", { type: "button", role: "menuitem", tabIndex: -1 }, make("span", { dir: "auto" }, label), note ? make("small", { dir: "auto" }, note) : null);
      item.addEventListener("click", () => {
        close(true);
        act();
      });
      return item;
    });
    list.replaceChildren(...items);
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    open = { button, list };
    if (first) items[0]?.focus();
  }

  button.addEventListener("click", (event) => {
    if (open?.button === button) close(true);
    else show(event.detail === 0);
  });
  button.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      show(true);
    }
  });
  holder.addEventListener("keydown", (event) => {
    if (!open || open.button !== button) return;
    const items = [...list.children];
    const at = items.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 };
    if (event.key === "Escape") close(true);
    else if (event.key === "Tab") close();
    else if (event.key in moves) {
      event.preventDefault();
      items.at(moves[event.key] % items.length)?.focus();
    }
  });
}
