// The log, newest at the bottom. Text is only ever set as textContent.

import { element, hue } from "./dom.js";

const log = document.getElementById("log");
const mostLines = 300;

export function addSaid(who, node, text) {
  const line = element("li", "said");
  line.style.setProperty("--hue", hue(who));
  line.append(element("b", "", who), element("span", "text", text), element("span", "from", `by ${node}`));
  append(line);
}

export function addNotice(text, kind = "") {
  append(element("li", `notice ${kind}`, text));
}

function append(line) {
  log.append(line);
  while (log.children.length > mostLines) log.firstElementChild.remove();
  log.scrollTop = log.scrollHeight;
}
