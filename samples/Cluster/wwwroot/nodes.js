// The nodes: a card each, with whoever is connected to it.

import { element, hue, initial } from "./dom.js";

export const numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

const list = document.getElementById("nodes");

// Each node says every second who is there.
const silentFor = 3_500;
const nodes = new Map();

export function heardFrom(name, names) {
  nodes.set(name, { names, at: performance.now(), isGone: false });
}

// After an interruption every node that was there has its time again.
export function hearAgain() {
  for (const node of nodes.values()) node.at = performance.now();
}

// The nodes that have fallen silent since this was asked last.
export function goneNodes() {
  const gone = [];
  for (const [name, node] of nodes) {
    if (node.isGone || performance.now() - node.at < silentFor) continue;
    node.isGone = true;
    gone.push(name);
  }
  return gone;
}

export function showNodes(mine) {
  const sorted = [...nodes].toSorted(([a], [b]) => numbers.indexOf(a) - numbers.indexOf(b) || a.localeCompare(b));
  list.replaceChildren(...sorted.map(([name, node]) => card(name, node, name === mine)));
}

function card(name, node, isMine) {
  const item = element("li", `node${isMine ? " mine" : ""}${node.isGone ? " gone" : ""}`);
  const title = element("h3", "", name);
  title.append(element("span", "state", node.isGone ? "gone" : isMine ? "serves you" : "alive"));
  item.append(title, node.isGone || node.names.length === 0 ? element("p", "nobody", "Nobody here") : people(node.names));
  return item;
}

function people(names) {
  const made = element("ul", "people");
  made.append(...names.toSorted((a, b) => a.localeCompare(b)).map(name => {
    const item = element("li");
    item.style.setProperty("--hue", hue(name));
    const avatar = element("span", "avatar", initial(name));
    avatar.ariaHidden = "true";
    item.append(avatar, element("span", "name", name));
    return item;
  }));
  return made;
}
