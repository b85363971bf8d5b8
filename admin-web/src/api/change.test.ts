import { beforeEach, describe, expect, it } from 'vitest';
import { change } from './change';

describe('the newest change', () => {
  beforeEach(() => change.forget());

  it('is none before a command, and none of an answer that does not say', () => {
    change.note(null);
    change.note('not one');
    expect(change.headers()).toEqual({});
  });

  it('is the one with the highest number, in whatever order answers come', () => {
    change.note('99:99:');
    change.note('101:103:100,102');
    change.note('100:101:100');
    expect(change.headers()).toEqual({ 'Millrace-At-Least': '101:103:100,102' });
    change.note('9007199254740993:9007199254740993:');
    change.note('9007199254740992:9007199254740992:');
    expect(change.headers()).toEqual({ 'Millrace-At-Least': '9007199254740993:9007199254740993:' });
  });

  it('is forgotten after a minute, also by a lower number of a restored database', () => {
    change.note('500:500:', 0);
    expect(change.headers(60_000)).toEqual({ 'Millrace-At-Least': '500:500:' });
    expect(change.headers(60_001)).toEqual({});
    change.note('7:7:', 60_001);
    expect(change.headers(60_002)).toEqual({ 'Millrace-At-Least': '7:7:' });
  });
});
