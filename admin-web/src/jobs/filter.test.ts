import { afterEach, describe, expect, it } from 'vitest';
import { zone } from '../app/store';
import { filterOf, fromField, parameters, toField } from './filter';

afterEach(() => zone.set('local'));

describe('the filter of the list of jobs', () => {
  it('is what the address has, and nothing else', () => {
    expect(filterOf(new URLSearchParams('state=failed&payload=customer.id%3D17&nothing=1&kind='))).toEqual({ state: 'failed', payload: 'customer.id=17' });
    expect(parameters({ kind: ' mail.send ', error: '  ', queue: '' })).toEqual({ kind: 'mail.send' });
  });

  it('takes moments in the zone that is shown, and keeps them in UTC', () => {
    zone.set('utc');
    expect(fromField('2030-01-31T12:30')).toBe('2030-01-31T12:30:00.000Z');
    expect(toField('2030-01-31T12:30:00Z')).toBe('2030-01-31T12:30');
    zone.set('local');
    expect(toField(fromField('2030-06-30T23:59'))).toBe('2030-06-30T23:59');
    expect([toField(undefined), toField('yesterday'), fromField(''), fromField('x')]).toEqual(['', '', '', '']);
  });
});
