import DOMPurify from 'dompurify';
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import { session } from '../api/session';
import { followTheme } from '../app/store';
import './docs.css';

/** The folder /api/, behind whatever prefix a proxy puts in front. */
const api = new URL(location.pathname.endsWith('/') ? '..' : '.', location.href);

const shown = document.getElementById('root');
if (shown === null) {
  throw new Error('the document has no #root');
}
const root = shown;

/** The viewer has its dark colours by a class of its own. */
function followThemeOfViewer(): void {
  const document_ = document.documentElement;
  const apply = () => document_.classList.toggle('dark-mode', document_.dataset['theme'] === 'dark');
  new MutationObserver(apply).observe(document_, { attributes: true, attributeFilter: ['data-theme'] });
  followTheme();
  apply();
}

/** The viewer writes the descriptions, which are Markdown, as HTML: the browser takes none that has not been purified here. */
function purifyHtml(): void {
  const { trustedTypes } = window as { trustedTypes?: { createPolicy(name: string, rules: { createHTML(html: string): string }): unknown } };
  trustedTypes?.createPolicy('default', { createHTML: (html) => DOMPurify.sanitize(html) });
}

function say(text: string, link?: { readonly text: string; readonly at: string }): void {
  const heading = document.createElement('h1');
  heading.append('The API of Millrace');
  const paragraph = document.createElement('p');
  paragraph.append(text);
  if (link !== undefined) {
    const anchor = document.createElement('a');
    anchor.href = new URL(link.at, api).href;
    anchor.append(link.text);
    paragraph.append(' ', anchor);
  }
  const main = document.createElement('main');
  main.append(heading, paragraph);
  root.replaceChildren(main);
}

/** Nothing can be called from here: commands, their reasons and the key belong to the admin page and to programs. */
const onlyRead = () => ({ wrapComponents: Object.fromEntries(['authorizeBtn', 'authorizeOperationBtn', 'ServersContainer'].map((name) => [name, () => () => null])) });

async function show(): Promise<void> {
  const response = await fetch(new URL('openapi.yaml', api), {
    headers: session.headers('GET'),
    credentials: session.hasKey() ? 'omit' : 'same-origin',
    redirect: 'error',
  });
  if (response.status === 401) {
    say('The description is shown to those who are signed in.', { text: 'Sign in', at: '../admin/login' });
    return;
  }
  if (!response.ok) {
    say(`The description could not be read: the server answered with status ${response.status}.`);
    return;
  }
  const yaml = await response.text();
  SwaggerUI({
    domNode: root,
    supportedSubmitMethods: [],
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    filter: true,
    showExtensions: true,
    syntaxHighlight: false,
    validatorUrl: null,
    plugins: [onlyRead],
  }).specActions.updateSpec(yaml);
}

for (const anchor of document.querySelectorAll<HTMLAnchorElement>('a[data-at]')) {
  anchor.href = new URL(anchor.dataset['at'] ?? '', api).href;
}
followThemeOfViewer();
purifyHtml();
try {
  await show();
} catch (error) {
  say(`The description could not be read: ${String(error)}.`);
} finally {
  root.removeAttribute('aria-busy');
}
