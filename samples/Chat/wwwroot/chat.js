// The page: what the server says becomes lines and lists, what the user does becomes messages.

import { Connection } from "./connection.js";
import { chooseName, currentRoom, recallName, rememberRoom } from "./identity.js";
import { addNotice, addSaid, mark } from "./lines.js";
import { nobodyTypes, setTyping, showPeople, showRooms } from "./people.js";

const byId = id => document.getElementById(id);
const [status, outage, outageText, retry] = ["status", "outage", "outage-text", "retry"].map(byId);
const [composer, text, send, rename, nameBox] = ["composer", "text", "send", "rename", "name"].map(byId);

const room = currentRoom();
const undelivered = new Map();
let wanted = recallName();
let me = null;
let names = [];
let version = -1;
let unread = 0;
let hasBeenOpen = false;
let typingToldAt = null;

byId("room").textContent = `# ${room}`;
nameBox.value = wanted;
showRooms(rememberRoom(room), room);
showTitle();

// Where a keyboard would not rise over the page.
if (matchMedia("(pointer: fine)").matches) text.focus();

const connection = new Connection(address, {
  opened() {
    me = null;
    version = -1;
    setStatus("open", "Connected");
    outage.hidden = true;
    if (hasBeenOpen) addNotice("Back again. What was said meanwhile is not shown.");
    hasBeenOpen = true;
    allowSending();
  },
  lost() {
    addNotice("The connection was lost.");
    for (const line of undelivered.values()) mark(line, "failed", "Not delivered");
    undelivered.clear();
    nobodyTypes();
    allowSending();
  },
  waiting(seconds) {
    setStatus("connecting", hasBeenOpen ? "Reconnecting…" : "Connecting…");
    outage.hidden = seconds === 0 && outage.hidden;
    outageText.textContent = seconds === 0 ? "Trying to connect…" : `No connection. Next attempt in ${seconds} s.`;
    retry.hidden = seconds === 0;
  },
  message(message) {
    received[message.type]?.(message);
  },
});

// One function a message type, named as on the wire.
const received = {
  youAre({ name }) {
    if (me !== null && me !== name) addNotice(`You are now ${name}.`);
    me = name;
    nameBox.value = name;
    showPeople(names, me);
  },
  // Lists may overtake each other; only the newest counts.
  here(here) {
    if (here.version <= version) return;
    version = here.version;
    names = here.names;
    showPeople(names, me);
  },
  joined({ who }) {
    addNotice(`${who} joined.`);
  },
  left({ who }) {
    setTyping(who, false);
    addNotice(`${who} left.`);
  },
  renamed({ from, to }) {
    setTyping(from, false);
    addNotice(`${from} is now ${to}.`);
  },
  said({ who, text: words, at, $re }) {
    const line = undelivered.get($re);
    undelivered.delete($re);
    if (line) return mark(line, "delivered", "");
    setTyping(who, false);
    addSaid(who, words, new Date(at), false);
    countUnread();
  },
  isTyping({ who, now }) {
    setTyping(who, now);
  },
  $error({ $re, message }) {
    const line = undelivered.get($re);
    undelivered.delete($re);
    if (line) mark(line, "failed", `Not delivered: ${message}`);
  },
};

composer.addEventListener("submit", event => {
  event.preventDefault();
  const words = text.value.trim();
  if (words === "") return;
  const id = connection.request("say", { text: words });
  if (id === 0) return;
  const line = addSaid(me ?? wanted, words, new Date(), true);
  mark(line, "sending", "Sending…");
  undelivered.set(id, line);
  text.value = "";
  typingToldAt = null;
  fit();
});

text.addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

text.addEventListener("input", () => {
  fit();
  const typing = text.value.trim() !== "";
  const isTold = typingToldAt !== null && (!typing || performance.now() - typingToldAt < 2_000);
  if (typing === isTold) return;
  typingToldAt = typing ? performance.now() : null;
  connection.tell("typing", { now: typing });
});

rename.addEventListener("submit", event => {
  event.preventDefault();
  const name = nameBox.value.trim();
  if (name === "") return;
  wanted = name;
  chooseName(name);
  connection.tell("rename", { name });
  showSide(false);
  text.focus();
});

retry.addEventListener("click", () => connection.retry());

// The drawer of a narrow window; while it is open, what lies under it takes no part.
const sideToggle = byId("people-toggle");
sideToggle.addEventListener("click", () => showSide(!document.body.classList.contains("side-open")));
matchMedia("(width >= 48rem)").addEventListener("change", () => showSide(false));
addEventListener("keydown", event => {
  if (event.key === "Escape") showSide(false);
});

function showSide(open) {
  document.body.classList.toggle("side-open", open);
  sideToggle.ariaExpanded = String(open);
  byId("main").inert = open;
}

for (const event of ["focus", "visibilitychange"]) {
  addEventListener(event, () => {
    if (document.hidden) return;
    unread = 0;
    showTitle();
  }, true);
}

function address() {
  const url = new URL(`rooms/${encodeURIComponent(room)}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("name", wanted);
  return url;
}

function setStatus(state, words) {
  document.body.dataset.state = state;
  if (status.textContent !== words) status.textContent = words;
}

function allowSending() {
  send.disabled = !connection.isOpen || text.value.trim() === "";
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + text.offsetHeight - text.clientHeight}px`;
  allowSending();
}

function countUnread() {
  if (!document.hidden && document.hasFocus()) return;
  unread++;
  showTitle();
}

function showTitle() {
  document.title = `${unread > 0 ? `(${unread}) ` : ""}#${room} · Chat`;
}
