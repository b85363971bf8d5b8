import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, Problem, send } from './http';
import { session } from './session';
import type { Me, Permission } from './types';

/** Finds the caller by the key of this tab, else by the cookie, and ends the session when neither is valid. Any other failure is thrown. */
export async function findSession(): Promise<void> {
  const key = session.key();
  try {
    session.begin(JSON.parse((await ask('me')).text) as Me, key);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      session.end();
      return;
    }
    throw error;
  }
}

/** The key is tried before it is kept: a wrong one changes nothing. */
export async function signInWithKey(key: string): Promise<void> {
  const answer = await ask('me', { headers: { Authorization: `Bearer ${key}` } });
  session.begin(JSON.parse(answer.text) as Me, key);
}

export async function signInWith(secret: { name: string; password: string } | { link: string }): Promise<void> {
  session.begin(await send<Me>('POST', 'login', secret), null);
}

export async function signOut(): Promise<void> {
  if (!session.hasKey()) {
    await ask('logout', { method: 'POST' }).catch((error: unknown) => {
      if (!(error instanceof Problem && error.status === 401)) {
        throw error;
      }
    });
  }
  session.end();
}

export function useMe(): Me | null | undefined {
  return useSyncExternalStore(session.subscribe, session.me);
}

/** Why the one who is signed in may not do it; undefined: it may. */
export function useMayNot(): (permission: Permission) => string | undefined {
  const { t } = useTranslation();
  const me = useMe();
  return (permission) => (me == null || me.permissions.includes(permission) ? undefined : t('session.may_not', { name: me.name, role: t(`role.${me.role}`) }));
}
