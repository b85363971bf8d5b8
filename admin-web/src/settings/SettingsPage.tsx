import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Head } from '../app/Head';
import { get, pageRoot } from '../api/http';
import { signOut, useMayNot, useMe } from '../api/signin';
import type { Session } from '../api/types';
import { Age, Button, Empty, Section } from '../ui';
import { Loaded } from '../ui/Loaded';
import { toast } from '../ui/Toasts';
import { useEndSession } from './commands';
import { Keys } from './Keys';
import { Users } from './Users';

/** Who one is, who else may sign in, and the keys of machines. */
export default function SettingsPage() {
  const { t } = useTranslation();
  const me = useMe();
  const mayNot = useMayNot()('administer');
  if (me == null) {
    return null;
  }
  return (
    <>
      <Head title={me.type === 'admin_key' ? t('settings.title_key') : t('settings.title', { name: me.name, role: t(`role.${me.role}`) })} tab={t('nav.settings')} lede={t(`settings.type_${me.type}`)}>
        <a href={new URL('../api/docs', pageRoot).href} className="link">
          {t('settings.api')}
        </a>
        <Button onClick={() => void signOut().catch((error: unknown) => toast('bad', String(error)))}>{t('prefs.sign_out')}</Button>
      </Head>
      <Sessions />
      {mayNot === undefined ? (
        <>
          <Users />
          <Keys />
        </>
      ) : (
        <Section title={t('settings.users')}>
          <div className="py-4">
            <Empty title={mayNot} />
          </div>
        </Section>
      )}
    </>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => get<{ sessions: Session[] }>('sessions', signal) });
  const end = useEndSession();
  return (
    <Section title={t('settings.sessions')} aside={t('settings.sessions_scope')}>
      <Loaded query={sessions}>
        {(data) =>
          data.sessions.length === 0 ? (
            <div className="py-4">
              <Empty title={t('settings.no_sessions')} />
            </div>
          ) : (
            <ul>
              {data.sessions.map((session) => (
                <li key={session.id} className="row flex flex-wrap items-center justify-between gap-x-6 gap-y-1 py-2.5">
                  <div className="min-w-0 flex-1">
                    <p className="font-semibold break-words">{session.user_name}</p>
                    <p className="text-xs break-words text-soft">
                      {session.address} · {t('settings.seen')} <Age at={session.last_seen_at} form="ago" /> · {t('settings.expires')} <Age at={session.expires_at} form="in" />
                      {session.agent !== null && ` · ${session.agent}`}
                    </p>
                  </div>
                  <Button busy={end.isPending} onClick={() => end.mutate(session.id)} aria-label={t('settings.end_of', { name: session.user_name })}>
                    {t('settings.end')}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
