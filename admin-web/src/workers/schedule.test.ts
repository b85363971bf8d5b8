// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { Problem } from '../api/http';
import { faultsOf } from './schedule';

describe('what the API says about a schedule', () => {
  it('stands at the parameter that it names', () => {
    const problem = new Problem(400, 'invalid_parameter', "'cron' was '61 * * * *'; allowed: …", { field: 'cron', allowed: ['cron minute must be 0 to 59'] });
    expect(faultsOf(problem)).toEqual({ cron: 'cron minute must be 0 to 59' });
  });

  it('stands at each field of a body', () => {
    const errors = [
      { pointer: '/time_zone', detail: 'no such zone' },
      { pointer: '/cron', detail: 'five fields' },
    ];
    expect(faultsOf(new Problem(422, 'invalid_body', '2 fields are wrong', { errors }))).toEqual({ time_zone: 'no such zone', cron: 'five fields' });
  });

  it('stands by itself when it names none of them', () => {
    expect(faultsOf(new Problem(409, 'stale_version', 'it was changed'))).toEqual({ other: 'it was changed' });
    expect(faultsOf(new Error('gone'))).toEqual({ other: 'gone' });
    expect(faultsOf(null)).toEqual({});
  });
});
