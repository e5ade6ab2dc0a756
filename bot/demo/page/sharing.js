// What a phone asks its owner before something leaves it.

import { ask } from "./ask.js";
import { phoneNumber } from "./make.js";

// A start payload, as a link or a QR code holds it.
export function askCode(bot) {
  return ask({
    title: "Openen met een code",
    text: `Zoals iemand de link t.me/${bot.username}?start=… of een QR-code opent.`,
    yes: "Openen",
    fields: [{
      name: "payload", label: "Code", maxLength: 200, placeholder: "bijvoorbeeld poster-7",
      hint: "Telegram neemt 1 tot 64 letters, cijfers, _ en -.",
    }],
  });
}

// One's own card, or somebody else's with a name and a number.
export async function askContact(owner) {
  const given = await ask({
    title: "Contact delen",
    yes: "Delen",
    fields: [
      {
        name: "who", label: "Wie", value: "own",
        radios: [["own", `Mijn eigen nummer (${owner.name})`], ["other", "Het nummer van iemand anders"]],
      },
      { name: "first_name", label: "Naam van de ander", value: "Buurvrouw", maxLength: 64 },
      { name: "phone", label: "Nummer", value: owner.phone ?? "", type: "tel", inputMode: "tel", maxLength: 20, dir: "ltr" },
    ],
  });
  if (!given) return null;
  const own = given.who === "own";
  return { own, phone: given.phone, first_name: own ? "" : given.first_name };
}

// As Telegram asks before a button may share the number.
export function askOwnNumber(owner, bot) {
  return ask({
    title: "Je nummer delen?",
    text: `${bot.name} krijgt je naam en je nummer ${phoneNumber(owner.phone ?? "")}.`,
    yes: "Deel mijn nummer",
  });
}
