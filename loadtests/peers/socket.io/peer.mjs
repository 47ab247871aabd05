// Socket.IO with its Redis Streams adapter, one process. `node peer.mjs PORT HOST:PORT-OF-REDIS`
//
//   POST /v1/events            an array of events; each is emitted to the room of its agent
//   emit("watch", [agents])    joins their rooms; acknowledged
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";

const redis = createClient({ url: `redis://${process.argv[3]}` });
await redis.connect();

const server = createServer((request, response) => {
  if (request.method !== "POST") {
    response.end("{}");
    return;
  }
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    for (const event of JSON.parse(Buffer.concat(parts))) io.to(event.agent).emit("event", event);
    response.writeHead(202, { "Content-Type": "application/json" });
    response.end('{"results":[]}');
  });
});

const io = new Server(server, { adapter: createAdapter(redis), transports: ["websocket"], perMessageDeflate: false });
io.on("connection", (viewer) =>
  viewer.on("watch", (agents, acknowledge) => {
    viewer.join(agents);
    acknowledge();
  }),
);
server.listen(Number(process.argv[2]), "127.0.0.1", 4096);
