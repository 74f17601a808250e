import { move, port, ready, stats } from "./stats.js";

const json = { headers: { "Content-Type": "application/json" } };

Bun.serve({
    hostname: "127.0.0.1",
    port,
    fetch(request, server) {
        const { pathname } = new URL(request.url);
        if (pathname === "/stats") return new Response(stats(), json);
        return server.upgrade(request, { data: pathname }) ? undefined : new Response("no WebSocket", { status: 400 });
    },
    websocket: {
        open(socket) {
            if (socket.data === "/fanout") socket.subscribe("fanout");
        },
        message(socket, text) {
            if (socket.data === "/echo") socket.send(text);
            else if (socket.data === "/typed") socket.send(move(text));
            else socket.publish("fanout", text);
        },
    },
});

ready();
