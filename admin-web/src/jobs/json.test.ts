import { describe, expect, it } from 'vitest';
import { member, parseExact, print } from './json';

describe('JSON of a payload', () => {
  it('keeps each digit of a number', () => {
    const text = '{"id": 12345678901234567890123, "price": 1.10, "small": -1e-400}';
    expect(print(parseExact(text))).toBe('{\n  "id": 12345678901234567890123,\n  "price": 1.10,\n  "small": -1e-400\n}');
  });

  it('is printed with sorted keys, and parses to the same again', () => {
    const text = '{"b": [1, {"z": null, "a": true}], "a": "q\\"\\u0000\\n", "__proto__": {}}';
    const printed = print(parseExact(text));
    expect([...(parseExact(printed) as Map<string, unknown>).keys()]).toEqual(['__proto__', 'a', 'b']);
    expect(JSON.parse(printed)).toEqual(JSON.parse(text));
  });

  it.each(['', '{', '{"a":}', '[1,]', '{"a":1} x', "{'a':1}", '01', 'nul', '"a\nb"'])('is refused when it is %j', (text) => {
    expect(() => parseExact(text)).toThrow(SyntaxError);
  });

  it('has its members by name', () => {
    expect(print(member(parseExact('{"payload": {"n": 1}}'), 'payload'))).toBe('{\n  "n": 1\n}');
    expect(member(parseExact('{}'), 'payload')).toBeNull();
  });
});
