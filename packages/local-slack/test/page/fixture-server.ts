import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../../src/page-bundle.ts';
import type { UiAction } from '../../src/ui-contract.ts';
import { fixtureModal, fixtureState } from './fixture-state.ts';

/** Module of a panel that shows what its provider says. */
export const FIXTURE_EXTENSION = fileURLToPath(new URL('./extension.tsx', import.meta.url));

/** The page over a workspace that never changes, to look at: its address, what people did, and how to stop it. */
export async function startFixtureServer({ port = 0, withModal = false } = {}) {
  const page = await buildPage({ extension: FIXTURE_EXTENSION });
  const done: UiAction[] = [];

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const json = (body: unknown) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (url.pathname === '/_ui/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': here\n\n');
      return;
    }
    if (url.pathname === '/_ui/state') {
      const state = fixtureState(
        url.searchParams.get('channel') ?? 'C1',
        url.searchParams.get('user') ?? 'U1',
      );
      json({ ...state, modals: withModal ? [fixtureModal] : [] });
      return;
    }
    if (url.pathname === '/_ui/panel') {
      json({ ok: true, count: 3 });
      return;
    }
    if (url.pathname === '/_ui/do') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const action = JSON.parse(Buffer.concat(chunks).toString()) as UiAction;
        done.push(action);
        json(action.kind === 'options' ? { ok: true, options: offered(action.query) } : { ok: true });
      });
      return;
    }
    if (url.pathname === '/_ui/file/F1') {
      response.end('accountId,name,mfa\n111122223333,payments-prod,virtual\n');
      return;
    }
    const file = page(url.pathname);
    response.writeHead(file ? 200 : 404, file && { 'content-type': file.type });
    response.end(file?.body);
  });

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    done: done as readonly UiAction[],
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function offered(query: string) {
  return [
    { id: '111122223333', name: 'payments-prod' },
    { id: '222233334444', name: 'data-lake-staging' },
    ...Array.from({ length: 80 }, (_, index) => ({
      id: String(500000000000 + index),
      name: `team-${index + 1}-sandbox`,
    })),
  ]
    .filter(({ name }) => name.includes(query.toLowerCase()))
    .slice(0, 10)
    .map(({ id, name }) => ({
      value: id,
      text: { type: 'plain_text', text: name },
      description: { type: 'plain_text', text: id },
    }));
}
