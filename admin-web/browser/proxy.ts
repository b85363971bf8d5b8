import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { address } from './page';

interface Proxy {
  /** Its address, with the prefix. */
  readonly at: string;
  /** Ends it with all its connections: who calls it then is refused. */
  stop(): Promise<void>;
  /** Takes its port again. */
  listen(): Promise<void>;
}

/** A proxy in front of Millrace that takes a prefix off the paths. */
export async function startProxy(prefix = ''): Promise<Proxy> {
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '';
    if (!path.startsWith(`${prefix}/`)) {
      outgoing.writeHead(404).end();
      return;
    }
    const on = request(new URL(path.slice(prefix.length), address), { method: incoming.method ?? 'GET', headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    on.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(on);
  });
  const listenAt = (port: number) => new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  await listenAt(0);
  const { port } = server.address() as AddressInfo;
  return {
    at: `http://127.0.0.1:${port}${prefix}`,
    stop: () =>
      new Promise((ended) => {
        server.close(() => ended());
        server.closeAllConnections();
      }),
    listen: () => listenAt(port),
  };
}
