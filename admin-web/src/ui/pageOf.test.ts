import { describe, expect, it } from 'vitest';
import { pageOf } from './pageOf';

describe('the page of an address of the API', () => {
  it.each([
    ['/api/admin/jobs/17/why', '/jobs/17'],
    ['/api/admin/jobs/17', '/jobs/17'],
    ['/api/admin/materialized-views/mv_parts/why', '/views?view=mv_parts'],
    ['/api/admin/materialized-views/My%20View', '/views?view=My%20View'],
    ['/api/admin/workers/inventory-mv-refresh/why', '/workers#inventory_mv_refresh'],
    ['/api/admin/pauses', '/queues'],
  ])('%s is %s', (address, path) => {
    expect(pageOf(address)).toBe(path);
  });

  it.each([null, '/api/admin/status', '/api/admin/materialized-views/blocking/x/y', ''])('%s has none', (address) => {
    expect(pageOf(address)).toBeUndefined();
  });
});
