import { createServer } from "node:net";

const FIRST = 20_000;
const SLICES = 100;
const SLICE = 100;
let handedOut = 0;

/**
 * A port of 127.0.0.1 that nothing listens on. It is picked below the range that systems give to outgoing
 * connections, so none of those takes it between this answer and its use; and each process picks from a slice of its
 * own, in turn, so that neither do two clusters that start at the same moment.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + (process.pid % SLICES) * SLICE + (handedOut++ % SLICE);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
