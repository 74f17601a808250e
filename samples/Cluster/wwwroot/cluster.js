// The page: which node serves it, who is where, what is said.

import { Connection } from "./connection.js";
import { goneNodes, heardFrom, hearAgain, numbers, showNodes } from "./nodes.js";
import { addNotice, addSaid } from "./said.js";

const byId = id => document.getElementById(id);
const [status, me, nodeName, nodeCount, total, composer, text, send] =
  ["status", "me", "node", "node-count", "total", "composer", "text", "send"].map(byId);

const name = recallName();
let node = null;

const connection = new Connection(address, {
  opened() {
    setStatus("open", "Connected");
    hearAgain();
    allowSending();
  },
  lost() {
    addNotice(`The connection to node ${node} was lost.`, "warn");
    nodeName.textContent = "none";
    showNodes(null);
    allowSending();
  },
  waiting(seconds) {
    setStatus("connecting", seconds > 0 ? `Next attempt in ${seconds} s` : node === null ? "Connecting…" : "Reconnecting…");
  },
  message(message) {
    received[message.type]?.(message);
  },
});

// One function a message type, named as on the wire.
const received = {
  youAre({ name: who, node: where }) {
    if (node !== null) addNotice(where === node ? `Back on node ${where}.` : `Going on through node ${where}.`);
    node = where;
    me.textContent = who;
    nodeName.textContent = where;
    showNodes(node);
  },
  here({ node: where, names }) {
    heardFrom(where, names);
    showNodes(node);
  },
  counted({ people, nodes, missing }) {
    nodeCount.textContent = `${numbers[nodes] ?? nodes} ${nodes === 1 ? "node" : "nodes"}`;
    total.textContent = `${people} at the table${missing > 0 ? `; ${missing === 1 ? "one node does" : `${numbers[missing] ?? missing} nodes do`} not answer` : ""}`;
  },
  said({ who, node: where, text: words }) {
    addSaid(who, where, words);
  },
  mayHaveMissed() {
    addNotice("Something said on another node may be missing here.", "warn");
  },
};

// A node that died says nothing any more; its card says so. While this page hears nobody, it cannot tell.
setInterval(() => {
  if (!connection.isOpen) return;
  for (const gone of goneNodes()) addNotice(`Node ${gone} does not answer any more.`, "warn");
  showNodes(node);
}, 1000);

composer.addEventListener("submit", event => {
  event.preventDefault();
  const words = text.value.trim();
  if (words === "" || connection.request("say", { text: words }) === 0) return;
  text.value = "";
  allowSending();
});

text.addEventListener("input", allowSending);
if (matchMedia("(pointer: fine)").matches) text.focus();

function address() {
  const url = new URL("table", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.search = new URLSearchParams({ name });
  return url;
}

function setStatus(state, words) {
  document.body.dataset.state = state;
  if (status.textContent !== words) status.textContent = words;
}

function allowSending() {
  send.disabled = !connection.isOpen || text.value.trim() === "";
}

// A window keeps its name over a reload; ?name= chooses one.
function recallName() {
  const pick = list => list[Math.floor(Math.random() * list.length)];
  const made = `${pick(["Amber", "Brisk", "Calm", "Gentle", "Keen", "Lucky", "Merry", "Swift"])} ${pick(["Badger", "Crane", "Fox", "Heron", "Lynx", "Otter", "Raven", "Wren"])}`;
  const name = (new URLSearchParams(location.search).get("name") ?? sessionStorage.getItem("name") ?? made).slice(0, 40);
  sessionStorage.setItem("name", name);
  return name;
}
