import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../api/http';
import type { ApiKey, Role } from '../api/types';
import { Age, Button, Command, Empty, Moment, Section, State } from '../ui';
import { Dialog } from '../ui/Dialog';
import { Loaded } from '../ui/Loaded';
import { useAddKey, useRevokeKey } from './commands';
import { FIELD, RoleField } from './Users';

const SCOPES = ['read', 'enqueue', 'operate', 'admin'] as const;

/** The keys of machines. A key is shown once, when it is made. */
export function Keys() {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const keys = useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => get<{ keys: ApiKey[] }>('keys', signal) });
  const add = useAddKey();
  return (
    <Section title={t('settings.keys')} aside={<Button onClick={() => setAdding(true)}>{t('settings.add_key')}</Button>}>
      <Loaded query={keys}>
        {(data) =>
          data.keys.length === 0 ? (
            <div className="py-4">
              <Empty title={t('settings.no_keys')}>
                <p className="mt-1">{t('settings.no_keys_how')}</p>
              </Empty>
            </div>
          ) : (
            <ul>
              {data.keys.map((key) => (
                <Line key={key.id} of={key} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding && <AddKey add={add} onClose={() => setAdding(false)} />}
      {add.data !== undefined && (
        <Dialog title={t('settings.key_title', { name: add.data.stored.name })} onClose={() => add.reset()}>
          <p className="mb-3 text-soft">{t('settings.key_means')}</p>
          <Command text={add.data.key} />
        </Dialog>
      )}
    </Section>
  );
}

function Line({ of }: { of: ApiKey }) {
  const { t } = useTranslation();
  const revoke = useRevokeKey();
  const [asking, setAsking] = useState(false);
  const bounds = [...(of.kinds ?? []), ...(of.queues ?? [])];
  return (
    <li aria-label={of.name} className="row flex flex-wrap items-center gap-x-6 gap-y-2 py-2.5">
      <div className="min-w-48 flex-1">
        <p className="flex flex-wrap gap-x-3">
          <span className="font-semibold break-all">{of.name}</span>
          <span className="text-soft">
            {t(`role.${of.role}`)} · {of.scopes.join(', ')}
            {bounds.length > 0 && ` · ${bounds.join(', ')}`}
          </span>
          {of.revoked_at !== null && <State tone="idle">{t('settings.revoked')}</State>}
        </p>
        <p className="text-xs text-soft">
          <code>{of.id}</code> · {t('settings.made_by', { name: of.created_by })} <Moment at={of.created_at} /> · {t('settings.used')}{' '}
          {of.last_used_at === null ? t('settings.never') : <Age at={of.last_used_at} form="ago" />}
          {of.expires_at !== null && (
            <>
              {' · '}
              {t('settings.expires')} <Moment at={of.expires_at} />
            </>
          )}
        </p>
      </div>
      <Button look="danger" off={of.revoked_at === null ? undefined : t('settings.is_revoked')} onClick={() => setAsking(true)}>
        {t('settings.revoke')}
      </Button>
      {asking && (
        <Dialog title={t('settings.revoke_title', { name: of.name })} onClose={() => setAsking(false)}>
          <p>{t('settings.revoke_means')}</p>
          <div className="mt-4 flex justify-end gap-2">
            <Button data-first onClick={() => setAsking(false)}>
              {t('ui.cancel')}
            </Button>
            <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate(of, { onSettled: () => setAsking(false) })}>
              {t('settings.revoke')}
            </Button>
          </div>
        </Dialog>
      )}
    </li>
  );
}

function AddKey({ add, onClose }: { add: ReturnType<typeof useAddKey>; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [scopes, setScopes] = useState<readonly string[]>(['read']);
  const [days, setDays] = useState('90');
  const wrong = name.trim() === '' ? t('settings.key_name_needed') : scopes.length === 0 ? t('settings.scope_needed') : days !== '' && !/^[1-9]\d{0,3}$/.test(days) ? t('settings.days_wrong') : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ name: name.trim(), role, scopes, ...(days === '' ? {} : { expires_in_days: Number(days) }) }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('settings.add_key')} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <label className="block">
          {t('settings.key_name')}
          <input data-first required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} className={FIELD} />
        </label>
        <RoleField value={role} onChange={setRole} />
        <fieldset>
          <legend>{t('settings.scopes')}</legend>
          <div className="mt-1 flex flex-wrap gap-x-5 gap-y-1">
            {SCOPES.map((scope) => (
              <label key={scope} className="flex min-h-7 items-center gap-2">
                <input
                  type="checkbox"
                  checked={scopes.includes(scope)}
                  onChange={(event) => setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
                  className="size-4 accent-accent"
                />
                {scope}
              </label>
            ))}
          </div>
        </fieldset>
        <label className="block">
          {t('settings.days')}
          <input inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value.trim())} className={FIELD} />
        </label>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="main" busy={add.isPending} off={wrong}>
            {t('settings.add_key')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
