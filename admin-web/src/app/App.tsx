import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, Route, Router, Switch } from 'wouter';
import { pageRoot } from '../api/http';
import { findSession, useMe } from '../api/signin';
import { Hints } from '../ui';
import { Failed } from '../ui/Loaded';
import { Toasts } from '../ui/Toasts';
import { NotFound } from './NotFound';
import { JobPage, PAGES } from './pages';
import { Shell } from './Shell';

const LoginPage = lazy(() => import('../login/LoginPage'));

const BASE = pageRoot.pathname.replace(/\/$/, '');

export function App() {
  const me = useMe();
  return (
    <Router base={BASE}>
      <Hints>
        {me === undefined ? (
          <Entrance />
        ) : me === null ? (
          <Suspense fallback={<Still />}>
            <LoginPage />
          </Suspense>
        ) : (
          <SignedIn />
        )}
        <Toasts />
      </Hints>
    </Router>
  );
}

/** Before it is known who opened the page. */
function Entrance() {
  const [fault, setFault] = useState<Error>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    findSession().catch((error: unknown) => setFault(error instanceof Error ? error : new Error(String(error))));
  }, [attempt]);
  return (
    <main className="p-10">
      {fault === undefined ? (
        <Still />
      ) : (
        <Failed
          error={fault}
          again={() => {
            setFault(undefined);
            setAttempt(attempt + 1);
          }}
        />
      )}
    </main>
  );
}

function SignedIn() {
  return (
    <Shell>
      <Suspense fallback={<Still />}>
        <Switch>
          <Route path="/login">
            <Redirect to="/" replace />
          </Route>
          {PAGES.map(({ path, component: Page }) => (
            <Route key={path} path={path}>
              <Page />
            </Route>
          ))}
          <Route path="/info">
            <Stats />
          </Route>
          <Route path="/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}

function Stats() {
  const Page = PAGES.find((page) => page.name === 'stats')?.component;
  return Page === undefined ? null : <Page />;
}

function Still() {
  const { t } = useTranslation();
  return (
    <p className="text-soft" aria-busy="true">
      {t('ui.loading')}
    </p>
  );
}
