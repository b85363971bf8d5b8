import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { followTheme } from './app/store';
import { startTexts } from './i18n';
import './styles.css';

followTheme();

const client = new QueryClient({
  defaultOptions: {
    // One request drives the page: the others are asked again when it shows a change, or after a command.
    queries: { retry: false, staleTime: 30_000, refetchOnWindowFocus: false, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});

const root = document.getElementById('root');
if (root === null) {
  throw new Error('the document has no #root');
}
await startTexts();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
