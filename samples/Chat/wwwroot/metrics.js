// What /metrics says, read every two seconds and drawn: one card for each question that is asked at night.

const every = 2000;
const kept = 150;
const smoothed = 5;

// Of a rate the last ten seconds are shown; of what must not happen, all that did in the last five minutes.
const cards = [
  { title: 'Peers', value: now => sum(now, 'peer_active_connections'), rows: now => by(now, 'peer_active_connections', 'peer_handler') },
  { title: 'Messages received', unit: 'a second', value: rate('peer_received_messages_total'), rows: ratesBy('peer_received_messages_total', 'peer_message_type') },
  { title: 'Messages sent', unit: 'a second', value: rate('peer_sent_messages_total'), rows: ratesBy('peer_sent_messages_total', 'peer_message_type') },
  fault('Hooks that failed', 'peer_hook_duration_seconds_count', 'error_type'),
  fault('Messages dropped', 'peer_dropped_messages_total', 'peer_policy'),
  fault('Limits exceeded', 'peer_exceeded_limits_total', 'peer_limit'),
  { title: 'Bytes on the wire', unit: 'a second', value: rate('peer_network_io_bytes_total'), rows: ratesBy('peer_network_io_bytes_total', 'network_io_direction') },
  { title: 'Hooks, 99th percentile', unit: 'ms', value: (now, before) => quantile(now, before, 0.99, () => true), rows: slowest },
  { title: 'Waits to be sent', unit: 'bytes', value: now => sum(now, 'peer_send_buffer_usage_bytes'), rows: now => by(now, 'peer_send_buffer_usage_bytes', 'peer_handler') },
  { title: 'A publish reaches', unit: 'peers', value: width(), rows: (now, before) => by(now, 'peer_publish_width_count', 'peer_message_type', of => width(of)(now, before)) },
  { title: 'Handshakes', unit: 'a second', value: rate('peer_handshakes_total'), rows: ratesBy('peer_handshakes_total', 'peer_handshake_outcome') },
  { title: 'Peers that left', unit: 'a second', value: rate('peer_closed_connections_total'), rows: ratesBy('peer_closed_connections_total', 'peer_close_code') },
];

const state = document.getElementById('state');
const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
let reads = [];

for (const card of cards) {
  card.element = document.getElementById('card').content.firstElementChild.cloneNode(true);
  card.element.querySelector('h2').textContent = card.title;
  card.element.querySelector('svg').setAttribute('aria-label', `${card.title}, the last five minutes`);
  card.points = [];
  document.getElementById('cards').append(card.element);
}

for (;;) {
  await read();
  await new Promise(done => setTimeout(done, every));
}

async function read() {
  try {
    const answer = await fetch('/metrics', { headers: { accept: 'text/plain' }, cache: 'no-store' });
    if (!answer.ok) throw new Error(`The server says ${answer.status}.`);
    const now = { at: performance.now() / 1000, series: parse(await answer.text()) };
    if (hasRestarted(now)) reads = [];
    reads = [...reads, now].slice(-kept);
    for (const card of cards) show(card, now);
    tell(`Read at ${new Date().toLocaleTimeString()}`, false);
  } catch (failure) {
    tell(failure instanceof TypeError ? 'The server does not answer.' : failure.message, true);
  }
}

// Counters only grow while their process lives.
function hasRestarted(now) {
  const clients = read => sum(read, 'peer_handshakes_total');
  return reads.length > 0 && clients(now) < clients(reads.at(-1));
}

// What is shown while nothing can be read is the past.
function tell(text, isBad) {
  if (state.textContent !== text) state.textContent = text;
  document.body.classList.toggle('bad', isBad);
}

// name{label="value",…} value, a line each; comments begin with #.
function parse(text) {
  const series = [];
  for (const [, name, labels, value] of text.matchAll(/^([\w:]+)(?:\{(.*?)\})? (\S+)/gm)) {
    const at = {};
    for (const [, key, quoted] of (labels ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) at[key] = quoted.replace(/\\(.)/g, '$1');
    series.push({ name, at, value: Number(value) });
  }
  return series;
}

function sum(read, name, of = () => true) {
  return read.series.reduce((total, one) => one.name === name && of(one.at) ? total + one.value : total, 0);
}

function by(read, name, label, measure = of => sum(read, name, of)) {
  const values = new Set(read.series.filter(one => one.name === name && one.at[label] !== undefined).map(one => one.at[label]));
  return [...values].map(value => [value, measure(at => at[label] === value)]).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

function rate(name, of = () => true) {
  return (now, before) => (sum(now, name, of) - sum(before, name, of)) / Math.max(now.at - before.at, 1);
}

function ratesBy(name, label) {
  return (now, before) => by(now, name, label, of => rate(name, of)(now, before));
}

// What must not happen at all: how often it did, and red as long as that is on the page.
function fault(title, name, label) {
  const grown = (now, first, of) => sum(now, name, of) - sum(first, name, of);
  return {
    title,
    unit: 'in five minutes',
    isBad: value => value > 0,
    value: (now, _, first) => grown(now, first, at => at[label]),
    rows: (now, _, first) => by(now, name, label, of => grown(now, first, of)),
  };
}

function width(of) {
  return (now, before) => rate('peer_publish_width_sum', of)(now, before) / (rate('peer_publish_width_count', of)(now, before) || 1);
}

// In milliseconds, by the buckets that grew meanwhile; within one as if all were spread evenly.
function quantile(now, before, share, of) {
  const name = 'peer_hook_duration_seconds_bucket';
  const bounds = by(now, name, 'le', at => sum(now, name, one => of(one) && at(one)) - sum(before, name, one => of(one) && at(one)))
    .map(([bound, count]) => ({ bound: bound === '+Inf' ? Infinity : Number(bound), count }))
    .sort((a, b) => a.bound - b.bound);
  const wanted = (bounds.at(-1)?.count ?? 0) * share;
  if (wanted === 0) return 0;
  const index = bounds.findIndex(bucket => bucket.count >= wanted);
  const [lower, below] = index > 0 ? [bounds[index - 1].bound, bounds[index - 1].count] : [0, 0];
  const upper = bounds[index].bound;
  return 1000 * (upper === Infinity ? lower : lower + (upper - lower) * (wanted - below) / (bounds[index].count - below));
}

function slowest(now, before) {
  return by(now, 'peer_hook_duration_seconds_bucket', 'peer_message_type', of => quantile(now, before, 0.99, of));
}

function show(card, now) {
  const [before, first] = [reads.at(-1 - smoothed) ?? reads[0], reads[0]];
  const value = card.value(now, before, first);
  card.points = [...card.points, value].slice(-kept);
  card.element.classList.toggle('bad', card.isBad?.(value) ?? false);
  card.element.querySelector('strong').textContent = number.format(value);
  card.element.querySelector('.now span').textContent = card.unit ?? '';
  card.element.querySelector('svg').replaceChildren(...lines(card.points));
  card.element.querySelector('tbody').replaceChildren(...card.rows(now, before, first).slice(0, 6).map(([label, one]) => row(label, number.format(one))));
}

function row(...texts) {
  const element = document.createElement('tr');
  for (const text of texts) element.insertCell().textContent = text;
  return element;
}

function lines(points) {
  const most = Math.max(...points, 1e-9);
  const at = points.map((point, i) => `${(240 * (kept - points.length + i) / (kept - 1)).toFixed(1)} ${(53 - 50 * point / most).toFixed(1)}`);
  return [['under', `M${at[0].split(' ')[0]} 56L${at.join('L')}L240 56Z`], ['', `M${at.join('L')}`]].map(([name, d]) => {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('class', name);
    path.setAttribute('d', d);
    return path;
  });
}
