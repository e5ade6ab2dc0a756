// The clock of the demo: it goes with the real one, and two buttons move it ahead.

import { post } from "./line.js";

const DAY = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };

const place = document.getElementById("clock");
let ahead = 0;

// Shows the time of the bot; a stand-in that runs alone has none.
export function showClock(now) {
  if (!now) return;
  ahead = new Date(now) - Date.now();
  place.hidden = false;
  draw();
}

function draw() {
  const now = new Date(Date.now() + ahead);
  const time = place.querySelector("time");
  time.dateTime = now.toISOString();
  time.textContent = now.toLocaleString("nl-NL", { ...DAY, timeZone: "Europe/Amsterdam" });
}

async function move(hours) {
  const buttons = [...place.querySelectorAll("button")];
  for (const each of buttons) each.disabled = true;
  try {
    showClock((await post("/demo/clock", { hours })).now);
  } finally {
    for (const each of buttons) each.disabled = false;
  }
}

for (const each of place.querySelectorAll("button")) {
  each.addEventListener("click", () => move(Number(each.dataset.hours)));
}
setInterval(draw, 10_000);
