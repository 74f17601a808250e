// What this browser remembers: the name to ask for, and the rooms it has been in.

const adjectives = ["Amber", "Brisk", "Calm", "Daring", "Early", "Fleet", "Gentle", "Hazel", "Keen", "Lucky", "Merry", "Quiet", "Swift", "Sunny", "Velvet", "Wandering"];
const animals = ["Badger", "Crane", "Dolphin", "Falcon", "Fox", "Heron", "Ibis", "Lynx", "Marten", "Otter", "Owl", "Panda", "Raven", "Seal", "Tapir", "Wren"];
const pick = list => list[Math.floor(Math.random() * list.length)];

// A window keeps its own name over a reload; a name that was chosen is also where new windows begin.
export function recallName() {
  const known = read("sessionStorage", "name") ?? read("localStorage", "name");
  const name = known ?? `${pick(adjectives)} ${pick(animals)}`;
  write("sessionStorage", "name", name);
  return name;
}

export function chooseName(name) {
  write("sessionStorage", "name", name);
  write("localStorage", "name", name);
}

export function currentRoom() {
  const asked = new URLSearchParams(location.search).get("room")?.trim().slice(0, 40);
  return asked || "lobby";
}

// The lobby first, then the last few rooms.
export function rememberRoom(room) {
  const before = JSON.parse(read("localStorage", "rooms") ?? "[]");
  const rooms = [room, ...before.filter(other => other !== room)].slice(0, 8);
  write("localStorage", "rooms", JSON.stringify(rooms));
  return ["lobby", ...rooms.filter(other => other !== "lobby").sort()];
}

// Storage may be forbidden; then nothing is remembered and everything else works.
function read(storage, key) {
  try { return window[storage].getItem(key); } catch { return null; }
}

function write(storage, key, value) {
  try { window[storage].setItem(key, value); } catch { /* not remembered */ }
}
