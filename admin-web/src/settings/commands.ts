import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCommand } from '../api/command';
import { send } from '../api/http';
import type { ApiKey, Role, User } from '../api/types';

const of = (name: string) => `users/${encodeURIComponent(name)}`;

export function useAddUser() {
  const { t } = useTranslation();
  return useCommand({
    run: (user: { name: string; role: Role; password: string }) => send<User>('POST', 'users', user),
    done: (user) => ({ text: t('settings.user_added', { name: user.name }) }),
  });
}

export function useDisableUser() {
  const { t } = useTranslation();
  return useCommand({
    run: (name: string) => send<User>('POST', `${of(name)}/disable`),
    done: (user) => ({ text: t('settings.user_disabled', { name: user.name }) }),
  });
}

export function useSetPassword() {
  const { t } = useTranslation();
  return useCommand({
    run: ({ name, password }: { name: string; password: string }) => send<User>('POST', `${of(name)}/password`, { password }),
    done: (user) => ({ text: t('settings.password_set', { name: user.name }) }),
  });
}

/** The link signs its user in once; it is shown by the caller, and kept nowhere. */
export function useMakeLink() {
  return useCommand({ run: (name: string) => send<{ link: string; expires_at: string }>('POST', `${of(name)}/link`) });
}

export interface NewKey {
  readonly name: string;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly expires_in_days?: number;
}

/** The key is shown once, by the caller. */
export function useAddKey() {
  return useCommand({ run: (key: NewKey) => send<{ key: string; stored: ApiKey }>('POST', 'keys', key) });
}

export function useRevokeKey() {
  const { t } = useTranslation();
  return useCommand({
    run: (key: ApiKey) => send('DELETE', `keys/${key.id}`),
    done: (_, key) => ({ text: t('settings.key_revoked', { name: key.name }) }),
  });
}

export function useEndSession() {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useCommand({
    run: (id: string) => send('DELETE', `sessions/${id}`),
    done: () => {
      void client.invalidateQueries({ queryKey: ['sessions'] });
      return { text: t('settings.session_ended') };
    },
  });
}
