import { lazy, type LazyExoticComponent, type ComponentType } from 'react';

export type PageName = 'overview' | 'workers' | 'ingestion' | 'views' | 'jobs' | 'stats' | 'queues';

interface Page {
  readonly name: PageName;
  readonly path: string;
  /** The letter after g that goes there. */
  readonly letter: string;
  readonly component: LazyExoticComponent<ComponentType>;
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
];

export const JobPage = lazy(() => import('../jobs/JobPage'));
