import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, Problem } from '../api/http';
import { session } from '../api/session';
import { forgetStatus } from '../api/status';
import { Preferences } from '../app/Preferences';
import { useTitle } from '../app/title';
import { Button } from '../ui';

/** Asks for the key, and for nothing that is not needed; the place that was asked for stays in the address. */
export function LoginPage() {
  const { t } = useTranslation();
  useTitle(t('login.title'));
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    setBusy(true);
    setWrong(undefined);
    try {
      // The key is tried before it is kept: a wrong one changes nothing.
      await ask('status', { headers: { Authorization: `Bearer ${key.trim()}` } });
      forgetStatus(client);
      session.signIn(key.trim());
    } catch (error) {
      setWrong(error instanceof Problem && error.status === 401 ? t('login.wrong') : error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };

  return (
    <main className="mx-auto flex min-h-screen max-w-sm flex-col justify-center px-4">
      <svg viewBox="0 0 24 16" aria-hidden className="mb-4 h-6 w-9 fill-none stroke-accent stroke-[2.2]">
        <path d="M1 4c3.700 0 3.700 3 7.300 3S12 4 15.700 4s3.700 3 7.300 3M1 11c3.700 0 3.700 3 7.300 3s3.700-3 7.400-3 3.700 3 7.300 3" strokeLinecap="round" />
      </svg>
      <h1 className="text-xl font-semibold tracking-tight">{t('login.title')}</h1>
      <form onSubmit={(event) => void submit(event)} className="mt-6">
        <label className="block font-medium" htmlFor="key">
          {t('login.key')}
        </label>
        <input
          id="key"
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          value={key}
          aria-invalid={wrong !== undefined}
          aria-describedby="key-hint key-wrong"
          onChange={(event) => setKey(event.target.value)}
          className="mt-1 h-10 w-full rounded-md border border-edge bg-raised px-3 aria-invalid:border-bad"
        />
        <p id="key-wrong" role="alert" className="mt-1 min-h-5 text-sm text-bad">
          {wrong}
        </p>
        <Button type="submit" look="main" busy={busy} className="min-h-10 w-full">
          {t('login.sign_in')}
        </Button>
        <p id="key-hint" className="mt-4 text-sm text-soft">
          {t('login.where')}
        </p>
      </form>
      <div className="mt-8">
        <Preferences
          signedIn={false}
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
