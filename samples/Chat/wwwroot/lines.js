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
let following = true;

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
  if (following) toEnd();
}

// Whoever reads older lines stays there; whoever is at the end follows.
function append(line, mine) {
  lines.append(line);
  while (lines.children.length > mostLines) lines.firstElementChild.remove();
  empty.hidden ||= line.classList.contains("said");
  if (following || mine) toEnd();
  else jump.hidden = false;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
  following = true;
  jump.hidden = true;
}

jump.addEventListener("click", toEnd);
log.addEventListener("scroll", () => {
  following = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  jump.hidden ||= following;
}, { passive: true });

// The log shrinks while a long message is written, or when a phone's keyboard comes up.
new ResizeObserver(() => { if (following) toEnd(); }).observe(log);
