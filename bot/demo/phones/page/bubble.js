// One message as it looks on a phone: words, pictures, sounds, cards, and the buttons under it.

import { icon, make, phoneNumber, size, time } from "./make.js";

const FINDS = /(https?:\/\/[^\s<>]+[^\s<>.,:;!?)])|((?<![\w+])(?:\+|00)?\d(?:[ -]?\d){5,13}(?!\w))|((?<![^\s\u200E\u200F\u2066-\u2068])\/[a-z0-9_]{1,32}(?=$|[\s.,!?،؟\u200E\u200F\u2069]))/giu;
const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}])*\s?){1,3}$/u;
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", spoiler: "span" };

// What stands in a message for somebody who cannot look.
export function summary(message) {
  return message.text || message.caption || Object.keys(LOOKS).find((kind) => message[kind]) || "";
}

export function bubble(message, { own, read, busy, tap, command, follow }) {
  const kind = Object.keys(LOOKS).find((name) => message[name]);
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities ?? [];
  const bare = kind === "sticker" || (!kind && ONLY_EMOJI.test(text));
  const parts = [];
  if (message.reply_to_message) {
    parts.push(make("blockquote", { class: "reply", dir: "auto" }, summary(message.reply_to_message).slice(0, 120)));
  }
  if (kind) parts.push(LOOKS[kind](message[kind], message));
  if (text) parts.push(make("p", { class: "text" }, ...marked(text, entities, { command, follow }), make("span", { class: "gap" })));
  // A card that a bot changes is not called "edited": that is how a bot's cards work.
  const edited = own && message.edit_date;
  const meta = make("span", { class: "meta" }, edited ? "bewerkt" : null, make("bdi", {}, time(message.date)));
  if (own) {
    meta.append(icon(read ? "read" : "sent"), make("span", { class: "hidden" }, read ? " gelezen" : " verstuurd"));
  }
  const kept = message.has_protected_content ? " kept" : "";
  const body = make("div", { class: `bubble${kept}${bare ? " bare" : ""}${kind ? ` with-${kind}` : ""}`, dir: "auto" }, ...parts, meta);
  const whole = make("article", { class: `message ${own ? "own" : "theirs"}`, data: { id: message.message_id, ...(edited ? { edited: "" } : {}) } }, body);
  const rows = message.reply_markup?.inline_keyboard;
  if (rows?.length) whole.append(keyboard(rows, busy, tap));
  return whole;
}

// Rows keep their order in every language: Telegram does not mirror them.
function keyboard(rows, busy, tap) {
  const grid = make("div", { class: "buttons", dir: "ltr" });
  for (const row of rows) {
    const line = make("div", { class: "row" });
    for (const one of row) line.append(button(one, busy, tap));
    grid.append(line);
  }
  return grid;
}

function button(one, busy, tap) {
  const words = make("span", { dir: "auto" }, one.text);
  const link = one.url || one.web_app?.url;
  if (link && /^https?:/i.test(link)) {
    return make("a", { class: "button", href: link, target: "_blank", rel: "noopener noreferrer" }, words, make("i", { class: "away" }, "↗\uFE0E"));
  }
  const waits = busy.has(one.callback_data);
  const made = make("button", { class: `button${waits ? " waits" : ""}`, type: "button", data: { data: one.callback_data ?? "" } }, words);
  if (waits) made.setAttribute("aria-busy", "true");
  made.addEventListener("click", () => tap(one));
  return made;
}

// Entities count in UTF-16 units, as JavaScript does. Those inside another one are drawn inside it.
function marked(text, entities, act, from = 0, to = text.length) {
  const out = [];
  let at = from;
  const known = entities.filter((one) => TAGS[one.type] || one.type === "text_link");
  for (let index = 0; index < known.length; index += 1) {
    const one = known[index];
    const end = one.offset + one.length;
    if (one.offset < at || end > to) continue;
    out.push(...linked(text.slice(at, one.offset), act));
    const inner = marked(text, known.slice(index + 1), act, one.offset, end);
    const safe = one.type === "text_link" && /^https?:/i.test(one.url ?? "");
    out.push(safe ? make("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, ...inner) : make(TAGS[one.type] ?? "span", {}, ...inner));
    at = end;
  }
  out.push(...linked(text.slice(at, to), act));
  return out;
}

// Links, phone numbers and commands can be tapped, as on a real phone.
function linked(text, { command, follow }) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(FINDS)) {
    const [words, url, phone] = found;
    out.push(text.slice(at, found.index));
    at = found.index + words.length;
    if (url) {
      const made = make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url);
      made.addEventListener("click", (event) => follow(url) && event.preventDefault());
      out.push(made);
    }
    if (phone) out.push(make("a", { href: `tel:${phone.replace(/[ -]/g, "")}`, dir: "ltr", class: "tel" }, phone));
    if (!url && !phone) {
      const made = make("button", { class: "command", type: "button" }, words);
      made.addEventListener("click", () => command(words));
      out.push(made);
    }
  }
  out.push(text.slice(at));
  return out.filter(Boolean);
}

function saved(file, name) {
  return make(
    "a", { class: "file", href: `/media/${encodeURIComponent(file.file_id)}`, download: name },
    make("span", { class: "disc" }, icon("file")),
    make("span", { class: "about" }, make("b", { dir: "auto" }, name), make("small", { dir: "ltr" }, size(file.file_size ?? 0))),
  );
}

const LOOKS = {
  photo: (sizes) => {
    const best = sizes[sizes.length - 1];
    const shape = { class: "picture", src: `/media/${encodeURIComponent(best.file_id)}`, alt: "Foto" };
    return make("img", { ...shape, width: best.width, height: best.height });
  },
  voice: (voice, message) => sound(voice, message, "Spraakbericht"),
  audio: (audio, message) => sound(audio, message, audio.title || audio.file_name || "Geluid"),
  sticker: (sticker) => make("span", { class: "sticker", role: "img", "aria-label": "Sticker" }, sticker.emoji || "🙂"),
  video: (video) => saved(video, video.file_name || "video"),
  document: (file) => saved(file, file.file_name || "document"),
  contact: (contact) => make(
    "span", { class: "card" },
    make("span", { class: "disc" }, [...contact.first_name][0] ?? "?"),
    make("span", { class: "about" }, make("b", { dir: "auto" }, contact.first_name), make("small", { dir: "ltr" }, phoneNumber(contact.phone_number))),
  ),
  location: () => make("span", { class: "card" }, make("span", { class: "disc" }, "📍"), make("span", { class: "about" }, make("b", {}, "Locatie"))),
  poll: (poll) => make("span", { class: "card" }, make("span", { class: "disc" }, "📊"), make("span", { class: "about" }, make("b", { dir: "auto" }, poll.question))),
  dice: (dice) => make("span", { class: "sticker" }, dice.emoji),
};

function sound(file, message, name) {
  if (message.from?.is_bot) {
    const player = make("audio", { controls: true, preload: "metadata", src: `/media/${encodeURIComponent(file.file_id)}` });
    return make("span", { class: "sound" }, make("small", { dir: "auto" }, name), player);
  }
  const bars = make("span", { class: "bars", "aria-hidden": "true" });
  for (let index = 0; index < 26; index += 1) {
    const bar = make("i");
    bar.style.height = `${25 + 65 * Math.abs(Math.sin(index * 1.7) * Math.cos(index * 0.6))}%`;
    bars.append(bar);
  }
  const length = `0:${String(file.duration ?? 0).padStart(2, "0")}`;
  return make("span", { class: "card" }, make("span", { class: "disc" }, "▶"), make("span", { class: "about" }, bars, make("small", {}, `${name} · ${length}`)));
}
