/*
 * JSON as it was sent: JSON.parse would round a number of more than 15 digits, and an admin who reads, edits and enqueues a payload again
 * would then send another one. Numbers stay texts here.
 */
export type Exact = null | boolean | string | Num | Exact[] | Map<string, Exact>;

export class Num {
  constructor(readonly text: string) {}
}

export function parseExact(text: string): Exact {
  let at = 0;

  function blank(): void {
    while (/\s/.test(text[at] ?? '')) {
      at++;
    }
  }

  function expect(sign: string): void {
    blank();
    if (text[at] !== sign) {
      throw new SyntaxError(`${sign} expected at ${at}`);
    }
    at++;
  }

  function sign(wanted: string): boolean {
    blank();
    if (text[at] === wanted) {
      at++;
      return true;
    }
    return false;
  }

  function string(): string {
    blank();
    const found = /"(?:[^"\\]|\\.)*"/sy;
    found.lastIndex = at;
    const match = found.exec(text);
    if (match === null) {
      throw new SyntaxError(`a string expected at ${at}`);
    }
    at = found.lastIndex;
    return JSON.parse(match[0]) as string;
  }

  function value(): Exact {
    blank();
    if (sign('{')) {
      const members = new Map<string, Exact>();
      if (!sign('}')) {
        do {
          const name = string();
          expect(':');
          members.set(name, value());
        } while (sign(','));
        expect('}');
      }
      return members;
    }
    if (sign('[')) {
      const elements: Exact[] = [];
      if (!sign(']')) {
        do {
          elements.push(value());
        } while (sign(','));
        expect(']');
      }
      return elements;
    }
    if (text[at] === '"') {
      return string();
    }
    const word = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    word.lastIndex = at;
    const match = word.exec(text);
    if (match === null) {
      throw new SyntaxError(`a value expected at ${at}`);
    }
    at = word.lastIndex;
    switch (match[0]) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'null':
        return null;
      default:
        return new Num(match[0]);
    }
  }

  const whole = value();
  blank();
  if (at !== text.length) {
    throw new SyntaxError(`the end expected at ${at}`);
  }
  return whole;
}

/** With sorted keys and two spaces, each digit kept. */
export function print(value: Exact, indent = ''): string {
  if (value instanceof Num) {
    return value.text;
  }
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[\n${value.map((v) => deeper + print(v, deeper)).join(',\n')}\n${indent}]`;
  }
  if (value instanceof Map) {
    const members = [...value].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return members.length === 0 ? '{}' : `{\n${members.map(([k, v]) => `${deeper}${JSON.stringify(k)}: ${print(v, deeper)}`).join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}

export function member(value: Exact, name: string): Exact {
  return value instanceof Map ? (value.get(name) ?? null) : null;
}
