// What a phone asks its owner before something leaves it.

import { ask } from "./ask.js";
import { phoneNumber } from "./make.js";

// A start payload, as a link or a QR code holds it.
export async function askCode(bot) {
  const given = await ask({
    title: "Openen met een code",
    text: `Zoals iemand de link t.me/${bot.username}?start=… of een QR-code opent.`,
    yes: "Openen",
    fields: [{
      name: "payload", label: "Code of link", maxLength: 200, placeholder: "bijvoorbeeld poster-7",
      hint: "Telegram neemt 1 tot 64 letters, cijfers, _ en -.",
    }],
  });
  return given && { payload: startOf(given.payload, bot) ?? given.payload };
}

// What a link to this bot would start it with; null when it is a link to something else.
export function startOf(link, bot) {
  const [, username, payload = ""] = link.match(/^(?:https?:\/\/)?t\.me\/(\w+)(?:\?(?:.*&)?start=([^&]*))?/i) ?? [];
  return username?.toLowerCase() === bot.username.toLowerCase() ? payload : null;
}

// A link to this bot that was tapped: here it may be opened on anybody's phone.
export async function askPhone(phones, owner) {
  const given = await ask({
    title: "Link openen",
    text: "Op een echte telefoon opent de link daar waar iemand tikt. Hier kies je de telefoon.",
    yes: "Openen",
    fields: [{ name: "phone", label: "Telefoon", value: String(owner.id), choices: phones.map((one) => [String(one.owner.id), one.title]) }],
  });
  return given && Number(given.phone);
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
