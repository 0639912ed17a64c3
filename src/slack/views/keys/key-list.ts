import type { Button } from '@slack/types';
import { isAccountId } from '../../../domain/account.ts';
import type {
  AccountKeySummary,
  AccountKeys,
  KeyPage,
  KeySummary,
} from '../../../usecases/keys/read-key-register.ts';
import {
  actions,
  type Block,
  button,
  context,
  divider,
  header,
  joinMarkup,
  label,
  type Markup,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { message } from '../shared/message.ts';
import { pluralize } from '../shared/wording.ts';
import { devicesText, findingText, KEY_FINDING_TEXT, keyLine, keySummaryText } from './key-text.ts';

export const SHOW_KEYS = 'show-keys';
export const EDIT_KEY = 'edit-key';
export const REMOVE_KEY = 'remove-key';

/** Keys and findings of one account that a list shows; its own page shows all. */
const MAX_LINES = 4;

const QUIET_NOTE = 'Findings do not affect compliance. The audit log records who opens this list.';

/** Renders a page of the key register. */
export function renderKeyPage({ items, page, pages, summary }: KeyPage): RenderedMessage {
  if (items.length === 0) {
    return message('No root user here has an MFA device, and no key is registered.');
  }
  return {
    title: 'Keys',
    text: [keySummaryText(summary).markup, ...items.map((item) => accountText(item).markup)].join('\n'),
    blocks: [
      header('Keys'),
      section(keySummaryText(summary)),
      ...items.map((item) => section(accountText(item), openButton(item))),
      ...pager(page, pages),
      context(md`${QUIET_NOTE}`),
    ],
  };
}

/** Renders the keys of one account, with what can be changed. */
export function renderAccountKeys(item: AccountKeys, notice?: Markup): RenderedMessage {
  const { devices, keys, findings } = item;
  const { id, name } = item.account;
  return {
    title: 'Keys',
    text: [...(notice ? [notice.markup] : []), accountText(item).markup].join('\n'),
    blocks: [
      header(`Keys · ${truncate(name, 60)}`),
      ...(notice ? [section(notice)] : []),
      context(md`${devicesText(devices)}`),
      ...(keys.length === 0 ? [section(md`No key is registered yet.`)] : []),
      ...keys.flatMap((key): Block[] => [
        section(keyLine(key)),
        actions(
          button(`${EDIT_KEY}:${key.id}`, 'Edit…', { value: editKeyValue(id, key.id) }),
          removeButton(key.id),
        ),
      ]),
      ...(findings.length > 0
        ? [
            divider,
            section(
              joinMarkup(
                findings.map((finding) => joinMarkup([md`:small_blue_diamond: `, findingText(finding)], '')),
                '\n',
              ),
            ),
          ]
        : []),
      actions(button(EDIT_KEY, 'Add a key…', { value: editKeyValue(id, null) }), allKeysButton()),
      context(md`${QUIET_NOTE}`),
    ],
  };
}

/** Renders the refusal for people who own no account. */
export function renderNoKeys(): RenderedMessage {
  return message('Keys are for admins and for the owner of each account. No account names you as its owner.');
}

/** Renders what an account's own view shows: no holder, no place. The list shows them, and is recorded. */
export function accountKeyBlocks(accountId: string, summary: AccountKeySummary | null): Block[] {
  if (!summary) return [];
  const { devices, keys, findings } = summary;
  const parts = [
    md`*Keys* ${keys === 0 ? 'none registered' : `${keys} registered`}`,
    md`${devicesText(devices)}`,
    ...(findings.length > 0 ? [md`${findings.map((kind) => KEY_FINDING_TEXT[kind]).join(', ')}`] : []),
  ];
  return [context(joinMarkup(parts, ' · ')), actions(button(SHOW_KEYS, 'Keys', { value: accountId }))];
}

/** Renders a line of the Home tab with the button that opens the register; nothing where no root user has a device. */
export function keySummaryBlocks(summary: KeySummary | undefined): Block[] {
  if (!summary || summary.accounts === 0) return [];
  return [section(keySummaryText(summary), allKeysButton('Keys'))];
}

/** Returns the button that opens the register, from its first page. */
export function allKeysButton(text = 'All keys'): Button {
  return button(`${SHOW_KEYS}:all`, text, { value: 'page=0' });
}

/** Returns what a button of the register leads to: an account or a page. */
export function parseKeysValue(value: string): { readonly accountId: string } | { readonly page: number } {
  if (isAccountId(value)) return { accountId: value };
  const page = Number(new URLSearchParams(value).get('page') ?? 0);
  return { page: Number.isSafeInteger(page) && page > 0 && page < 100_000 ? page : 0 };
}

function accountText({ account, devices, keys, findings }: AccountKeys): Markup {
  const more = keys.length - MAX_LINES;
  return joinMarkup(
    [
      md`*${truncate(account.name, 60)}*  ${account.id}`,
      md`${devicesText(devices)}`,
      ...keys.slice(0, MAX_LINES).map(keyLine),
      ...(more > 0 ? [md`… and ${pluralize(more, 'more key')}`] : []),
      ...(keys.length === 0 ? [md`No key is registered yet.`] : []),
      ...(findings.length > 0
        ? [md`:small_blue_diamond: ${findings.map(({ kind }) => KEY_FINDING_TEXT[kind]).join(', ')}`]
        : []),
    ],
    '\n',
  );
}

function openButton({ account }: AccountKeys): Button {
  return button(SHOW_KEYS, 'Open', {
    value: account.id,
    accessibilityLabel: `Open the keys of ${account.name}`,
  });
}

function removeButton(keyId: string): Button {
  return {
    ...button(`${REMOVE_KEY}:${keyId}`, 'Remove…', { value: keyId }),
    confirm: {
      title: label('Remove this key?'),
      text: label('This removes it from the register, not from AWS. The audit log keeps it.'),
      confirm: label('Remove'),
      deny: label('Keep'),
    },
  };
}

function pager(page: number, pages: number): Block[] {
  if (pages < 2) return [];
  return [
    actions(
      ...(page > 0 ? [button(`${SHOW_KEYS}:back`, '◀ Previous', { value: `page=${page - 1}` })] : []),
      ...(page < pages - 1 ? [button(`${SHOW_KEYS}:next`, 'Next ▶', { value: `page=${page + 1}` })] : []),
    ),
    context(md`Page ${page + 1} of ${pages}`),
  ];
}

function editKeyValue(accountId: string, keyId: string | null): string {
  return new URLSearchParams({ account: accountId, ...(keyId !== null && { key: keyId }) }).toString();
}
