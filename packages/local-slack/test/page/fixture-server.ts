import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildPage } from '../../src/page-bundle.ts';
import type { UiAction } from '../../src/ui-contract.ts';
import { fixtureModal, fixturePanel, fixtureState } from './fixture-state.ts';

/** The page over a workspace that never changes, to look at: its address, what people did, and how to stop it. */
export async function startFixtureServer({ port = 0, withModal = false } = {}) {
  const page = await buildPage();
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
      json(request.method === 'GET' ? fixturePanel : { ok: true });
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
      response.end('accountId,name,mfa,standing\n111122223333,payments-prod,virtual,unmet\n');
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
  return fixturePanel.accounts
    .filter(({ name }) => name.includes(query.toLowerCase()))
    .slice(0, 10)
    .map(({ id, name }) => ({
      value: id,
      text: { type: 'plain_text', text: name },
      description: { type: 'plain_text', text: id },
    }));
}
