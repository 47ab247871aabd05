// The least fan-out that Node and ws make: no log, no identities, one process. `node peer.mjs PORT`
//
//   POST /v1/events        an array of events; each goes to who watches its agent
//   WS /ws/agents?agents=  watches them; {"op":"subscribed"} says so
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const rooms = new Map();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });

function publish(events) {
  for (const event of events) {
    const room = rooms.get(event.agent);
    if (!room) continue;
    // Once for all who watch.
    const frame = Buffer.from(JSON.stringify({ op: "event", ...event }));
    for (const viewer of room) viewer.send(frame, { binary: false });
  }
}

const server = createServer((request, response) => {
  if (request.method !== "POST") {
    response.end("{}");
    return;
  }
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    publish(JSON.parse(Buffer.concat(parts)));
    response.writeHead(202, { "Content-Type": "application/json" });
    response.end('{"results":[]}');
  });
});

server.on("upgrade", (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (viewer) => {
    const agents = new URL(request.url, "http://peer").searchParams.get("agents").split(",");
    for (const agent of agents) {
      if (!rooms.has(agent)) rooms.set(agent, new Set());
      rooms.get(agent).add(viewer);
    }
    viewer.on("close", () => agents.forEach((agent) => rooms.get(agent).delete(viewer)));
    viewer.on("error", () => viewer.terminate());
    viewer.send('{"op":"subscribed"}');
  }),
);
server.listen(Number(process.argv[2]), "127.0.0.1", 4096);
