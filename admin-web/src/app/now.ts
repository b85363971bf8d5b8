import { useSyncExternalStore } from 'react';

/*
 * One clock for the page: it ticks once a second while it is read and the tab is visible, and it runs by the server's time, as the
 * newest answer has it. Ages are therefore right on a computer whose own clock is not.
 */
let offset = 0;
let now = Date.now();
let timer: number | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = Date.now() + offset;
  listeners.forEach((listener) => listener());
}

function run(): void {
  const wanted = listeners.size > 0 && document.visibilityState === 'visible';
  if (wanted && timer === undefined) {
    tick();
    timer = window.setInterval(tick, 1000);
  } else if (!wanted && timer !== undefined) {
    clearInterval(timer);
    timer = undefined;
  }
}

document.addEventListener('visibilitychange', run);

/** What the server's clock showed at this moment. */
export function serverTime(at: Date): void {
  const found = at.getTime() - Date.now();
  // The way of the answer and whole seconds of the Date header make a difference below two seconds mean nothing.
  offset = Math.abs(found) < 2000 ? 0 : found;
}

export function subscribeToClock(listener: () => void): () => void {
  listeners.add(listener);
  run();
  return () => {
    listeners.delete(listener);
    run();
  };
}

export function clock(): number {
  return timer === undefined ? Date.now() + offset : now;
}

/** The time in milliseconds, new each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribeToClock, () => now);
}
