// Small ways to make elements. Text only ever becomes text: nothing here reads HTML.

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

export function time(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("nl-NL", { hour: "2-digit", minute: "2-digit" });
}

export function day(seconds) {
  const date = new Date(seconds * 1000);
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return "vandaag";
  return date.toLocaleDateString("nl-NL", { weekday: "long", day: "numeric", month: "long" });
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace(".", ",")} MB`;
}

export function phoneNumber(digits) {
  const text = digits.startsWith("+") ? digits : `+${digits}`;
  return text.replace(/^\+31(\d)(\d{2})(\d{2})(\d{2})(\d{2})$/, "+31\u00A0$1\u00A0$2\u00A0$3\u00A0$4\u00A0$5");
}

const FACES = ["#0f766e", "#be185d", "#1d4ed8", "#4d7c0f", "#0e7490", "#9f1239"];

// Residents are told apart by colour; who helps them has the colour of that role.
export function paintFace(element, { name, id, kind }) {
  element.textContent = [...name.trim()][0]?.toUpperCase() || "?";
  if (kind === "resident") element.style.background = FACES[Math.abs(id) % FACES.length];
}
