/** The page's path for an address of the API; undefined where the page has none. */
export function pageOf(address: string | null): string | undefined {
  const parts = (address ?? '').replace(/^\/api\/admin\//, '').replace(/\/why$/, '').split('/');
  const [what, name] = parts;
  if (name === undefined || parts.length !== 2) {
    return what === 'pauses' || what?.startsWith('pauses?') === true ? '/queues' : undefined;
  }
  switch (what) {
    case 'jobs':
      return `/jobs/${name}`;
    case 'materialized-views':
      return `/views?view=${name}`;
    case 'workers':
      return `/workers#${decodeURIComponent(name).replaceAll('-', '_')}`;
    default:
      return undefined;
  }
}
