import { describe, expect, it } from 'vitest';
import { changes } from './changes';

describe('the changes of an audit entry', () => {
  it('are the members that differ', () => {
    expect(changes({ enabled: true, interval_seconds: 600 }, { enabled: true, interval_seconds: 900 })).toEqual([{ name: 'interval_seconds', before: '600', after: '900' }]);
  });

  it('are all members of what was made or taken away', () => {
    expect(changes(null, { name: 'ada' })).toEqual([{ name: 'name', before: '–', after: 'ada' }]);
    expect(changes({ name: 'ada' }, null)).toEqual([{ name: 'name', before: 'ada', after: '–' }]);
  });

  it('show a list as JSON, and a bare value under no name', () => {
    expect(changes({ scopes: ['read'] }, { scopes: ['read', 'operate'] })).toEqual([{ name: 'scopes', before: '["read"]', after: '["read","operate"]' }]);
    expect(changes('queued', 'cancelled')).toEqual([{ name: '', before: 'queued', after: 'cancelled' }]);
  });
});
