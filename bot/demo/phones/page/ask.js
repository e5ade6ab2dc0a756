// The one window of this page: a question with fields, or a notice that must be closed.

import { make } from "./make.js";

const dialog = document.getElementById("ask");
const part = (selector) => dialog.querySelector(selector);

let turn = Promise.resolve();

// The values of the fields by name, or null when somebody does not want to. One window at a time: others wait.
export function ask(question) {
  const mine = turn.then(() => show(question));
  turn = mine.catch(() => null);
  return mine;
}

function show({ title, text = "", yes = "Goed", no = "Annuleren", fields = [] }) {
  part("h2").textContent = title;
  part(".text").textContent = text;
  part(".text").hidden = !text;
  part(".yes").textContent = yes;
  part(".no").textContent = no;
  part(".no").hidden = !no;
  const made = fields.map(field);
  part(".fields").replaceChildren(...made);
  const back = document.activeElement;
  dialog.returnValue = "";
  dialog.showModal();
  (made[0]?.querySelector("input, select") ?? part(".yes")).focus();
  return new Promise((settle) => {
    dialog.addEventListener("close", () => {
      const values = {};
      for (const input of dialog.querySelectorAll("input, select")) {
        if (input.type !== "radio" || input.checked) values[input.name] = input.value.trim();
      }
      back?.focus?.();
      settle(dialog.returnValue === "yes" ? values : null);
    }, { once: true });
  });
}

function field({ name, label, value = "", choices, radios, hint, ...more }) {
  if (radios) {
    const set = make("fieldset", {}, make("legend", { class: "hidden" }, label));
    for (const [key, words] of radios) {
      set.append(make("label", { class: "choice" }, make("input", { type: "radio", name, value: key, checked: key === value }), words));
    }
    return set;
  }
  const input = choices
    ? make("select", { name }, ...choices.map(([key, words]) => make("option", { value: key, selected: key === value }, words)))
    : make("input", { name, value, type: "text", ...more });
  return make("label", { class: "field" }, make("span", {}, label), input, hint ? make("small", {}, hint) : null);
}

part(".no").addEventListener("click", () => dialog.close("no"));

// A click beside the window closes it.
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close("no");
});
