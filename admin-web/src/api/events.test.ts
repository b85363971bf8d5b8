// @vitest-environment jsdom
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { eventReader, listen, nextAttempt } from './events';

const ends: (() => void)[] = [];
afterEach(() => {
  ends.splice(0).forEach((end) => end());
});

/** A server that answers each request as it is told to, and the ids that the requests resumed from. */
async function serve(answer: (response: ServerResponse, attempt: number) => void) {
  const from: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const id = request.headers['last-event-id'];
    from.push(typeof id === 'string' ? id : undefined);
    answer(response, from.length);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { from, address: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/events`) };
}

function stream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Access-Control-Allow-Origin': '*' });
}

describe('a reader of events', () => {
  it('takes them apart wherever the bytes were cut, and leaves comments alone', () => {
    const ids: (string | undefined)[] = [];
    const read = eventReader((id) => ids.push(id));
    for (const part of ['retry: 3000\n\n: heart', 'beat\n\nevent: job\nda', 'ta: {}\n', '\nid: 18240\nevent: view\ndata: {}\n\n', 'id: 18241\nevent: job\ndata: {}']) {
      read(part);
    }
    expect(ids).toEqual([undefined, '18240']);
  });
});

describe('a listener', () => {
  it('hears events, and resumes from the last id when the stream ends', async () => {
    const { from, address } = await serve((response, attempt) => {
      stream(response).write(`id: ${attempt}\nevent: job\ndata: {}\n\n`);
      if (attempt === 1) {
        response.end();
      }
    });
    const live: boolean[] = [];
    let events = 0;
    await new Promise<void>((done) => {
      ends.push(listen(address, { event: () => ++events === 2 && done(), live: (now) => live.push(now) }));
    });
    expect(from).toEqual([undefined, '1']);
    expect(live).toEqual([true, false, true]);
  });

  it('does not ask again where there is no stream', async () => {
    const { from, address } = await serve((response) => response.writeHead(404).end());
    await new Promise<void>((done) => {
      ends.push(listen(address, { event: () => expect.unreachable(), live: (now) => !now && done() }));
    });
    await new Promise((turn) => setTimeout(turn, nextAttempt(0) + 500));
    expect(from).toHaveLength(1);
  }, 10_000);

  it('closes the stream when it is stopped', async () => {
    let closed: () => void;
    const over = new Promise<void>((done) => (closed = done));
    const { address } = await serve((response) => {
      response.on('close', () => closed());
      stream(response).write(': heartbeat\n\n');
    });
    await new Promise<void>((done) => {
      const stop = listen(address, {
        event: () => expect.unreachable(),
        live: (now) => {
          if (now) {
            stop();
          } else {
            done();
          }
        },
      });
      ends.push(stop);
    });
    await over;
  });

  it('waits twice as long after each attempt that brought nothing, to a minute at most', () => {
    expect([0, 1, 2, 3, 4, 5, 60].map(nextAttempt)).toEqual([3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000]);
  });
});
