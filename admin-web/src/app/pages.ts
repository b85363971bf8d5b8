import { lazy, type ComponentType, type LazyExoticComponent, useMemo } from 'react';
import type { Permission } from '../api/types';
import { useMe } from '../api/signin';

export type PageName = 'overview' | 'workers' | 'ingestion' | 'views' | 'jobs' | 'stats' | 'queues' | 'audit' | 'settings';

interface Page {
  readonly name: PageName;
  readonly path: string;
  /** The letter after g that goes there. */
  readonly letter: string;
  readonly component: LazyExoticComponent<ComponentType>;
  /** Who lacks it does not see the page in the navigation. */
  readonly needs?: Permission;
}

/** In the order of the navigation. */
export const PAGES: readonly Page[] = [
  { name: 'overview', path: '/', letter: 'o', component: lazy(() => import('../overview/OverviewPage')) },
  { name: 'workers', path: '/workers', letter: 'w', component: lazy(() => import('../workers/WorkersPage')) },
  { name: 'ingestion', path: '/ingestion', letter: 'i', component: lazy(() => import('../ingestion/IngestionPage')) },
  { name: 'views', path: '/views', letter: 'v', component: lazy(() => import('../views/ViewsPage')) },
  { name: 'jobs', path: '/jobs', letter: 'j', component: lazy(() => import('../jobs/JobsPage')) },
  { name: 'stats', path: '/stats', letter: 's', component: lazy(() => import('../stats/StatsPage')) },
  { name: 'queues', path: '/queues', letter: 'q', component: lazy(() => import('../queues/QueuesPage')) },
  { name: 'audit', path: '/audit', letter: 'a', component: lazy(() => import('../audit/AuditPage')), needs: 'read_audit' },
  { name: 'settings', path: '/settings', letter: 't', component: lazy(() => import('../settings/SettingsPage')) },
];

export const JobPage = lazy(() => import('../jobs/JobPage'));

/** The pages of the one who is signed in. */
export function usePages(): readonly Page[] {
  const me = useMe();
  return useMemo(() => PAGES.filter((page) => page.needs === undefined || me?.permissions.includes(page.needs) === true), [me]);
}
