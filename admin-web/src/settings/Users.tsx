import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, pageRoot } from '../api/http';
import { useMe } from '../api/signin';
import type { Role, User } from '../api/types';
import { Button, Command, Empty, Moment, Section, State } from '../ui';
import { Dialog } from '../ui/Dialog';
import { Loaded } from '../ui/Loaded';
import { useAddUser, useDisableUser, useMakeLink, useSetPassword } from './commands';

export const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];
export const FIELD = 'mt-1 h-9 w-full rounded-md border border-edge bg-ground px-3';
const SHORTEST = 12;

export function Users() {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const users = useQuery({ queryKey: ['users'], queryFn: ({ signal }) => get<{ users: User[] }>('users', signal) });
  return (
    <Section title={t('settings.users')} aside={<Button onClick={() => setAdding(true)}>{t('settings.add_user')}</Button>}>
      <Loaded query={users}>
        {(data) =>
          data.users.length === 0 ? (
            <div className="py-4">
              <Empty title={t('settings.no_users')}>
                <p className="mt-1">{t('settings.no_users_how')}</p>
              </Empty>
            </div>
          ) : (
            <ul>
              {data.users.map((user) => (
                <Line key={user.name} user={user} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding && <AddUser onClose={() => setAdding(false)} />}
    </Section>
  );
}

function Line({ user }: { user: User }) {
  const { t } = useTranslation();
  const me = useMe();
  const disable = useDisableUser();
  const makeLink = useMakeLink();
  const [setting, setSetting] = useState(false);
  const own = me?.type === 'user' && me.name === user.name;
  const off = user.disabled_at !== null;
  return (
    <li aria-label={user.name} className="row flex flex-wrap items-center gap-x-6 gap-y-2 py-2.5">
      <div className="min-w-48 flex-1">
        <p className="flex flex-wrap gap-x-3">
          <span className="font-semibold break-all">{user.name}</span>
          <span className="text-soft">{t(`role.${user.role}`)}</span>
          {off && <State tone="idle">{t('settings.disabled')}</State>}
        </p>
        <p className="text-xs text-soft">
          {t('settings.since')} <Moment at={user.created_at} />
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button busy={makeLink.isPending} off={off ? t('settings.disabled_link') : undefined} onClick={() => makeLink.mutate(user.name)}>
          {t('settings.link')}
        </Button>
        <Button onClick={() => setSetting(true)}>{t('settings.password')}</Button>
        <Button look="danger" busy={disable.isPending} off={off ? t('settings.is_disabled') : own ? t('settings.own') : undefined} onClick={() => disable.mutate(user.name)}>
          {t('settings.disable')}
        </Button>
      </div>
      {setting && <PasswordDialog name={user.name} onClose={() => setSetting(false)} />}
      {makeLink.data !== undefined && (
        <Dialog title={t('settings.link_title', { name: user.name })} onClose={() => makeLink.reset()}>
          <p className="mb-3 text-soft">{t('settings.link_means')}</p>
          <Command text={`${new URL('login', pageRoot).href}#link=${makeLink.data.link}`} />
        </Dialog>
      )}
    </li>
  );
}

function Password({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <label className="block">
      {t('login.password')}
      <input type="password" autoComplete="new-password" required minLength={SHORTEST} maxLength={200} value={value} onChange={(event) => onChange(event.target.value)} className={FIELD} />
      <span className="mt-1 block text-xs text-soft">{t('settings.password_rule')}</span>
    </label>
  );
}

function PasswordDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const set = useSetPassword();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate({ name, password }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('settings.password_title', { name })} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <p className="text-soft">{t('settings.password_means')}</p>
        <Password value={password} onChange={setPassword} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="main" busy={set.isPending} off={password.length < SHORTEST ? t('settings.password_rule') : undefined}>
            {t('ui.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

export function RoleField({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const { t } = useTranslation();
  return (
    <label className="block">
      {t('settings.role')}
      <select value={value} onChange={(event) => onChange(event.target.value as Role)} className={FIELD}>
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {t(`role.${role}`)}: {t(`role_may.${role}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

function AddUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [password, setPassword] = useState('');
  const add = useAddUser();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ name: name.trim(), role, password }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('settings.add_user')} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <label className="block">
          {t('login.name')}
          <input data-first required autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} className={FIELD} />
          <span className="mt-1 block text-xs text-soft">{t('settings.name_rule')}</span>
        </label>
        <RoleField value={role} onChange={setRole} />
        <Password value={password} onChange={setPassword} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="main" busy={add.isPending} off={name.trim() === '' ? t('settings.name_rule') : password.length < SHORTEST ? t('settings.password_rule') : undefined}>
            {t('settings.add_user')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
