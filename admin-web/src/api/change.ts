/*
 * What the newest command of this tab has changed, as its answer said: sent with a request for the status, which then shows the effect,
 * whichever process answers. After a minute every process shows it without being asked.
 */
const KEPT_MS = 60_000;
let newest: { text: string; ended: bigint; until: number } | undefined;

export const change = {
  /** Two answers may come in another order than their commands were done in: the higher number is the later one. */
  note(text: string | null, now = Date.now()): void {
    const ended = /^(\d+):/.exec(text ?? '')?.[1];
    if (text !== null && ended !== undefined && (newest === undefined || now > newest.until || BigInt(ended) >= newest.ended)) {
      newest = { text, ended: BigInt(ended), until: now + KEPT_MS };
    }
  },
  headers(now = Date.now()): Record<string, string> {
    return newest === undefined || now > newest.until ? {} : { 'Millrace-At-Least': newest.text };
  },
  forget(): void {
    newest = undefined;
  },
};
