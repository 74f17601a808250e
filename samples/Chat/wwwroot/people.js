// The side: who is here, who is typing, which rooms there are.

import { element, hue, initial } from "./dom.js";

const people = document.getElementById("people");
const count = document.getElementById("count");
const rooms = document.getElementById("rooms");
const typingText = document.getElementById("typing-text");
const typing = document.getElementById("typing");

const typingLasts = 4_000;
const typists = new Map();
const listed = new Intl.ListFormat("en", { style: "long", type: "conjunction" });

export function showPeople(names, me) {
  count.textContent = String(names.length);
  people.replaceChildren(...names.toSorted((a, b) => a.localeCompare(b)).map(name => person(name, name === me)));
}

export function showRooms(all, current) {
  rooms.replaceChildren(...all.map(room => {
    const link = element("a", "", room);
    link.href = `./?room=${encodeURIComponent(room)}`;
    if (room === current) link.ariaCurrent = "page";
    const item = element("li");
    item.append(link);
    return item;
  }));
}

// Typing ends by itself: whoever goes on typing says so again before that.
export function setTyping(who, now) {
  clearTimeout(typists.get(who));
  if (now) typists.set(who, setTimeout(() => setTyping(who, false), typingLasts));
  else typists.delete(who);
  showTyping();
}

export function nobodyTypes() {
  for (const timer of typists.values()) clearTimeout(timer);
  typists.clear();
  showTyping();
}

function showTyping() {
  const names = [...typists.keys()];
  typing.classList.toggle("shown", names.length > 0);
  typingText.textContent =
    names.length === 0 ? "" :
    names.length > 3 ? "Several people are typing" :
    `${listed.format(names)} ${names.length === 1 ? "is" : "are"} typing`;
}

function person(name, isMe) {
  const avatar = element("span", "avatar", initial(name));
  avatar.ariaHidden = "true";
  const item = element("li");
  item.style.setProperty("--hue", hue(name));
  item.append(avatar, element("span", "name", name));
  if (isMe) item.append(element("span", "you", "you"));
  return item;
}
