// A WebSocket that comes back by itself: after a loss it waits, longer each time, and tries again.

const firstDelay = 500;
const longestDelay = 15_000;
const steadyAfter = 5_000;

export class Connection {
  #address;
  #on;
  #socket = null;
  #openedAt = 0;
  #failures = 0;
  #nextId = 1;
  #retryAt = 0;
  #ticker = 0;

  // `address` is asked before every attempt. `on` takes opened(), lost(), waiting(seconds) and message(object).
  constructor(address, on) {
    this.#address = address;
    this.#on = on;
    addEventListener("online", () => this.retry());
    addEventListener("pageshow", event => { if (event.persisted) this.retry(); });
    this.#open();
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  // Returns the id that the reply will carry as `$re`, or 0 when there is nobody to send to.
  request(type, fields) {
    if (!this.isOpen) return 0;
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ type, $id: id, ...fields }));
    return id;
  }

  tell(type, fields) {
    if (this.isOpen) this.#socket.send(JSON.stringify({ type, ...fields }));
  }

  // Tries at once instead of waiting; does nothing while a connection is up or being made.
  retry() {
    if (this.#socket) return;
    clearInterval(this.#ticker);
    this.#open();
  }

  #open() {
    const socket = this.#socket = new WebSocket(this.#address());
    this.#on.waiting(0);
    socket.onopen = () => {
      this.#openedAt = performance.now();
      this.#on.opened();
    };
    socket.onmessage = event => this.#on.message(JSON.parse(event.data));
    socket.onclose = () => this.#closed();
  }

  #closed() {
    this.#socket = null;
    const wasOpen = this.#openedAt > 0;
    const wasSteady = wasOpen && performance.now() - this.#openedAt > steadyAfter;
    this.#openedAt = 0;
    this.#failures = wasSteady ? 1 : this.#failures + 1;
    if (wasOpen) this.#on.lost();
    this.#wait();
  }

  // Half of the delay is random, so that a restarted server does not meet everybody in the same instant.
  #wait() {
    const delay = Math.min(longestDelay, firstDelay * 2 ** (this.#failures - 1));
    this.#retryAt = performance.now() + delay * (0.5 + Math.random() / 2);
    this.#ticker = setInterval(() => this.#tick(), 250);
    this.#tick();
  }

  #tick() {
    const left = this.#retryAt - performance.now();
    if (left <= 0) this.retry();
    else this.#on.waiting(Math.ceil(left / 1000));
  }
}
