// The log: what was said and what happened, newest at the bottom. Text is only ever set as textContent.

import { element, hue, initial } from "./dom.js";

const log = document.getElementById("log");
const lines = document.getElementById("lines");
const empty = document.getElementById("empty");
const jump = document.getElementById("jump");

const groupFor = 3 * 60_000;
const mostLines = 500;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
let last = { who: null, at: 0 };

export function addSaid(who, text, at, mine) {
  const continues = last.who === who && last.mine === mine && at - last.at < groupFor;
  const line = element("li", `said${mine ? " mine" : ""}${continues ? " continues" : ""}`);
  line.style.setProperty("--hue", hue(who));

  const avatar = element("span", "avatar", initial(who));
  avatar.ariaHidden = "true";
  const time = element("time", "", clock.format(at));
  time.dateTime = at.toISOString();
  const head = element("p", "who");
  head.append(element("b", continues ? "visually-hidden" : "", mine ? "You" : who), " ", time);
  line.append(avatar, head, element("p", "bubble", text), element("p", "state"));

  append(line, mine);
  last = { who, mine, at };
  return line;
}

export function addNotice(text) {
  append(element("li", "notice", text), false);
  last = { who: null, at: 0 };
}

export function mark(line, state, text) {
  line.dataset.state = state;
  line.querySelector(".state").textContent = text;
}

// Whoever reads older lines stays there; whoever is at the end follows.
function append(line, follow) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  lines.append(line);
  while (lines.children.length > mostLines) lines.firstElementChild.remove();
  empty.hidden ||= line.classList.contains("said");
  if (atEnd || follow) toEnd();
  else jump.hidden = false;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
  jump.hidden = true;
}

jump.addEventListener("click", toEnd);
new ResizeObserver(() => { if (jump.hidden) toEnd(); }).observe(log);
log.addEventListener("scroll", () => {
  if (log.scrollHeight - log.scrollTop - log.clientHeight < 80) jump.hidden = true;
}, { passive: true });
