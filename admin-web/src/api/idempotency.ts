/** As random as a key has to be; crypto.randomUUID is missing on a page that came by plain HTTP. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Keys for the Idempotency-Key of one form: the same for what is sent again unchanged, another for anything else. */
export function oneKey(): (body: string) => string {
  let last: { readonly body: string; readonly key: string } | undefined;
  return (body) => {
    if (last?.body !== body) {
      last = { body, key: newKey() };
    }
    return last.key;
  };
}
