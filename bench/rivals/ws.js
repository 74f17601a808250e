import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { move, port, ready, stats } from "./stats.js";

const http = createServer((_, response) => response.setHeader("Content-Type", "application/json").end(stats()));
const members = new Set();

new WebSocketServer({ server: http }).on("connection", (socket, request) => {
    if (request.url === "/fanout") {
        members.add(socket);
        socket.on("close", () => members.delete(socket));
        socket.on("message", text => publish(socket, text));
    } else if (request.url === "/typed") {
        socket.on("message", text => socket.send(move(text)));
    } else {
        socket.on("message", text => socket.send(text, { binary: false }));
    }
});

function publish(sender, text) {
    for (const socket of members) {
        if (socket !== sender) socket.send(text, { binary: false });
    }
}

http.listen(port, "127.0.0.1", ready);
