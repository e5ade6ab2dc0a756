// The line to the stand-in: what the phones do goes out, what changes comes in.

export async function get(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  return read(answer);
}

export async function post(path, body = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return read(answer);
}

export async function upload(person, kind, file) {
  const where = new URLSearchParams({ kind, name: file.name || kind });
  const type = file.type && !file.type.startsWith("text/") ? file.type : "application/octet-stream";
  const answer = await fetch(`/people/${person}/media?${where}`, {
    method: "POST",
    headers: { "content-type": type },
    body: file,
  });
  return read(answer);
}

async function read(answer) {
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(body.error || `HTTP ${answer.status}`), { status: answer.status });
  return body;
}

const KINDS = [
  "message", "edit", "delete", "keyboard", "waiting", "answered", "action", "read", "blocked", "person", "profile",
];

// Listens from `after` on, and never stops trying. `reset`: look at everything anew.
export class Listener {
  constructor({ change, reset, state }) {
    this.hooks = { change, reset, state };
    this.last = "";
    this.source = null;
    this.timer = 0;
  }

  from(after) {
    this.last = after;
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    this.source?.close();
    const source = new EventSource(`/events?after=${encodeURIComponent(this.last)}`);
    this.source = source;
    source.onopen = () => this.hooks.state("on");
    source.onerror = () => {
      if (this.source !== source) return;
      this.hooks.state("off");
      // A browser gives up after some errors; the page does not.
      if (source.readyState === EventSource.CLOSED) this.timer = setTimeout(() => this.open(), 1000);
    };
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        this.last = event.lastEventId;
        this.hooks.change(kind, JSON.parse(event.data));
      });
    }
    source.addEventListener("reset", () => {
      source.close();
      this.hooks.reset();
    });
  }
}
