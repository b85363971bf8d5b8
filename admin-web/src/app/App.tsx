import { Suspense, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, Route, Router, Switch } from 'wouter';
import { pageRoot } from '../api/http';
import { session } from '../api/session';
import { LoginPage } from '../login/LoginPage';
import { Hints } from '../ui';
import { Toasts } from '../ui/Toasts';
import { NotFound } from './NotFound';
import { JobPage, PAGES } from './pages';
import { Shell } from './Shell';

const BASE = pageRoot.pathname.replace(/\/$/, '');

export function App() {
  const signedIn = useSyncExternalStore(session.subscribe, session.signedIn);
  return (
    <Router base={BASE}>
      <Hints>
        {signedIn ? <SignedIn /> : <LoginPage />}
        <Toasts />
      </Hints>
    </Router>
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
