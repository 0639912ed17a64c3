import { render } from 'preact';
import { App } from './app.tsx';
import type { PageExtension } from './extension.ts';
import './styles/page.css';

/** Renders the page, with what a project adds to it. */
export function renderPage(extension: PageExtension = {}): void {
  const root = document.getElementById('root');
  if (root) render(<App extension={extension} />, root);
}
