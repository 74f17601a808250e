// What the load generator asks at /stats; a JavaScript heap does not say how much was ever allocated.
export function stats() {
    const cpu = process.cpuUsage();
    return JSON.stringify({ allocated: 0, cpuMicroseconds: cpu.user + cpu.system, resident: process.memoryUsage().rss, live: process.memoryUsage().heapUsed, compileMicroseconds: 0 });
}

export const port = Number(process.argv[process.argv.indexOf("--port") + 1]);

// Ends with its standard input, as every server of the benchmarks does.
export function ready() {
    console.log("ready");
    process.stdin.on("end", () => process.exit(0)).resume();
}

export function move(text) {
    const { tick, x, y } = JSON.parse(text);
    return JSON.stringify({ type: "moved", tick, x, y });
}
