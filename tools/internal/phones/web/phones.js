// Keeps the pages up to date, and copies. Without it they work as well: forms, and a refresh.
"use strict";

// The handsets.

const shown = new Map(); // HTML of the handsets, as it came

async function renew(id) {
  const card = document.querySelector(`[data-handset="${CSS.escape(id)}"]`);
  if (!card) return;
  const answer = await fetch(`/handsets/${encodeURIComponent(id)}`, { cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
  const old = card.querySelector("[data-live]");
  // A button that is put in the place of the same one swallows the click that is being made on it.
  if (!fresh || (shown.get(id) ?? old.outerHTML) === fresh.outerHTML) return;
  shown.set(id, fresh.outerHTML);
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
  // The live region stays in place, or screen readers do not notice that what is in it has changed.
  const screen = old.querySelector(".screen"), next = fresh.querySelector(".screen");
  screen.className = next.className;
  screen.querySelector(".bar").replaceWith(next.querySelector(".bar"));
  screen.querySelector(".prompts").replaceChildren(...next.querySelector(".prompts").childNodes);
  while (screen.nextSibling) screen.nextSibling.remove();
  next.remove();
  old.append(...fresh.childNodes);
  if (focused !== undefined) (old.querySelector(`[data-action="${focused}"]`) || card).focus();
}

// One at a time and the newest last: an answer that is overtaken by a newer one would show what is over.
const queue = new Map();
function renewSoon(id) {
  const before = queue.get(id);
  if (before) { before.again = true; return; }
  const entry = { again: false };
  queue.set(id, entry);
  renew(id).catch(() => {}).finally(() => {
    queue.delete(id);
    if (entry.again) renewSoon(id);
  });
}

const cards = [...document.querySelectorAll("[data-handset]")];
const grown = document.getElementById("grown");
if (cards.length || grown) {
  const connection = document.getElementById("connection");
  let events;
  const look = () => {
    events?.close();
    if (!document.hidden) events = listen();
  };
  // A browser has six connections to a site for all its tabs (HTTP/1.1): one that nobody looks at keeps none.
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", () => events?.close());
  look();

  function listen() {
    const events = new EventSource("/events");
    events.addEventListener("ready", (e) => {
      if (connection) connection.textContent = "";
      cards.forEach((card) => renewSoon(card.dataset.handset));
      if (grown && grown.dataset.last !== e.data) grow(); // while nobody looked
    });
    events.addEventListener("handset", (e) => renewSoon(e.data));
    events.addEventListener("history", grow);
    events.addEventListener("error", () => {
      if (connection) connection.textContent = "The simulator does not answer. Is it still running?";
    });
    return events;
  }

  function grow() {
    if (!grown || grown.firstChild) return;
    const link = document.createElement("a");
    link.href = "/history";
    link.textContent = "There is something new. Show it";
    grown.append(link);
  }
}

document.addEventListener("submit", (e) => {
  const card = e.target.closest("[data-handset]");
  if (!card) return;
  e.preventDefault();
  const body = new URLSearchParams(new FormData(e.target));
  fetch(e.target.action, { method: "POST", body, redirect: "manual" })
    .catch(() => {})
    .finally(() => renewSoon(card.dataset.handset));
});

// Copying.

const copied = document.getElementById("copied");
async function copy(text) {
  await navigator.clipboard.writeText(text);
  return "Copied.";
}
for (const b of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  b.hidden = false;
  b.addEventListener("click", async () => {
    try {
      if (b.dataset.copy) {
        copied.textContent = await copy(document.getElementById(b.dataset.copy).textContent);
        return;
      }
      const answer = await fetch(b.dataset.copyFrom);
      const text = await answer.text();
      copied.textContent = answer.ok ? await copy(text) : `Not copied: ${text}`;
    } catch {
      copied.textContent = "The browser does not let this page copy. Select the text instead.";
    }
  });
}
