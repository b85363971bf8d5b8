import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/http';
import { signInWith, signInWithKey } from '../api/signin';
import { forgetStatus } from '../api/status';
import { Preferences } from '../app/Preferences';
import { useTitle } from '../app/title';
import { Button } from '../ui';

/** The secret of a sign-in link; it stands behind the #, which browsers send to no server, and leaves the address at once. */
function takeLink(): string | null {
  const link = /^#link=([\w-]+)$/.exec(location.hash)?.[1] ?? null;
  if (link !== null) {
    history.replaceState(null, '', location.pathname + location.search);
  }
  return link;
}

type Way = 'password' | 'key';

/** Asks for a name and a password, or for a key; the place that was asked for stays in the address. */
export default function LoginPage() {
  const { t } = useTranslation();
  useTitle(t('login.title'));
  const client = useQueryClient();
  const [way, setWay] = useState<Way>('password');
  const [name, setName] = useState('');
  const [secret, setSecret] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const [link] = useState(takeLink);
  const linkTried = useRef(false);

  const attempt = async (call: () => Promise<void>, refused: string) => {
    setBusy(true);
    setWrong(undefined);
    try {
      forgetStatus(client); // of whoever was signed in before
      await call();
    } catch (error) {
      setWrong(error instanceof Problem && error.status === 401 ? refused : error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  useEffect(() => {
    if (link !== null && !linkTried.current) {
      linkTried.current = true;
      void attempt(() => signInWith({ link }), t('login.wrong_link'));
    }
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) {
      void attempt(
        () => (way === 'key' ? signInWithKey(secret.trim()) : signInWith({ name: name.trim(), password: secret })),
        t(way === 'key' ? 'login.wrong_key' : 'login.wrong'),
      );
    }
  };

  const field = 'mt-1 mb-4 h-10 w-full rounded-md border border-edge bg-raised px-3 aria-invalid:border-bad';
  return (
    <main className="mx-auto flex min-h-screen max-w-sm flex-col justify-center px-4">
      <svg viewBox="0 0 24 16" aria-hidden className="mb-4 h-6 w-9 fill-none stroke-accent stroke-[2.2]">
        <path d="M1 4c3.700 0 3.700 3 7.300 3S12 4 15.700 4s3.700 3 7.300 3M1 11c3.700 0 3.700 3 7.300 3s3.700-3 7.400-3 3.700 3 7.300 3" strokeLinecap="round" />
      </svg>
      <h1 className="text-xl font-semibold tracking-tight">{t('login.title')}</h1>
      <form key={way} onSubmit={submit} className="mt-6">
        {way === 'password' && (
          <label className="block font-medium">
            {t('login.name')}
            <input autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required value={name} onChange={(event) => setName(event.target.value)} className={field} />
          </label>
        )}
        <label className="block font-medium" htmlFor="secret">
          {t(way === 'key' ? 'login.key' : 'login.password')}
        </label>
        <input
          id="secret"
          type="password"
          autoComplete="current-password"
          autoFocus={way === 'key'}
          required
          value={secret}
          aria-invalid={wrong !== undefined}
          aria-describedby="secret-wrong secret-hint"
          onChange={(event) => setSecret(event.target.value)}
          className={field}
        />
        <p id="secret-wrong" role="alert" className="-mt-3 mb-2 min-h-5 text-sm text-bad">
          {wrong}
        </p>
        <Button type="submit" look="main" busy={busy} className="min-h-10 w-full">
          {t('login.sign_in')}
        </Button>
        <p id="secret-hint" className="mt-4 text-sm text-soft">
          {t(way === 'key' ? 'login.where' : 'login.first')}
        </p>
      </form>
      <div className="mt-6 flex flex-wrap gap-x-6">
        <button
          type="button"
          className="link min-h-8 text-sm"
          onClick={() => {
            setWay(way === 'key' ? 'password' : 'key');
            setSecret('');
            setWrong(undefined);
          }}
        >
          {t(way === 'key' ? 'login.by_password' : 'login.by_key')}
        </button>
        <Preferences
          trigger={
            <button type="button" className="link min-h-8 text-sm">
              {t('shell.preferences')}
            </button>
          }
        />
      </div>
    </main>
  );
}
