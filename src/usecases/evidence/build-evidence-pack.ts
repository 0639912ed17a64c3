import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { controlCoverage, type EvidenceControl } from '../../domain/evidence-pack/control-results.ts';
import type { ControlFinding } from '../../reports/control-finding.ts';
import { CONTROL_MAP } from '../../reports/evidence-pack/control-map.ts';
import {
  type AuditChainLink,
  auditChainAsJsonLines,
  type EvidenceAuditRow,
  evidenceAuditAsCsv,
  exemptionsAsCsv,
  type IntervalRow,
  intervalsAsCsv,
  recoveryWindowsAsCsv,
  scansAsCsv,
  tokenRequestsAsCsv,
} from '../../reports/evidence-pack/files.ts';
import { type EvidencePage, renderEvidencePage } from '../../reports/evidence-pack/html.ts';
import type { ManifestFacts, PackFile } from '../../reports/evidence-pack/manifest.ts';
import { keysAsCsv } from '../../reports/key-export.ts';
import { findingsAsOcsf } from '../../reports/ocsf.ts';
import { assessmentResultsAsOscal } from '../../reports/oscal.ts';
import { type RootEventRow, rootEventsAsCsv } from '../../reports/root-event-export.ts';
import { type ChainLink, listChainedEntries, listChainLinks } from '../../store/audit-chain.ts';
import type { Database } from '../../store/database.ts';
import { listPeople } from '../../store/people.ts';
import { listRecoveriesOfPeriod } from '../../store/recovery-windows.ts';
import { readRedactionSalt } from '../../store/redaction-salt.ts';
import { readHeard } from '../../store/root-events.ts';
import { listTokenRequestsOfPeriod } from '../../store/token-requests.ts';
import { readAccountKeys } from '../keys/read-key-register.ts';
import { toKeyRows } from '../keys/to-key-rows.ts';
import { readRootEventRows } from '../root-events/export-root-events.ts';
import type { EvidencePackInput } from './evidence-pack-input.ts';
import { evidencePage } from './evidence-page.ts';
import {
  auditRow,
  exemptionRow,
  findingsAtEnd,
  intervalRows,
  recoveryWindowRow,
  scanRow,
  tokenRequestRow,
} from './evidence-rows.ts';
import type { EvidenceLists } from './page/lists.ts';
import { type Evidence, looksOf, readEvidence } from './read-evidence.ts';
import { createRedactor, NO_REDACTION, type Redactor } from './redactor.ts';

/** A pack: its files, and what its manifest says of them. */
export interface EvidencePack {
  /** How many accounts it is about. */
  readonly accounts: number;
  /** Made as they are read, so read each once, one after the other. */
  readonly files: readonly PackFile[];
  readonly manifest: ManifestFacts;
}

const AUDIT_PAGE = 500;

interface BuildContext {
  readonly db: Database;
  readonly config: Config;
}

/** Builds the evidence pack of a period. What grows with the number of accounts is made a piece at a time, as it is written. */
export async function buildEvidencePack(ctx: BuildContext, input: EvidencePackInput): Promise<EvidencePack> {
  const { db } = ctx;
  const redactor = input.redact
    ? createRedactor(await readRedactionSalt(db), await listPeople(db))
    : NO_REDACTION;
  const evidence = await readEvidence(ctx, input);
  const lists = await readLists(ctx, { evidence, input, redactor });
  const page = evidencePage(evidence, lists, { ...input, madeBy: redactor.person(input.madeBy) });
  return {
    accounts: evidence.accounts.length,
    manifest: {
      madeAt: input.madeAt.toISOString(),
      madeBy: input.redact ? 'redacted' : input.madeBy,
      tool: `root-mfa-bot ${input.toolVersion}`,
      from: input.period.from.toISOString(),
      to: input.period.to.toISOString(),
      redacted: input.redact,
      auditLogHead: evidence.auditHead,
    },
    files: packFiles(ctx, { evidence, input, redactor, lists, page }),
  };
}

interface PackParts {
  readonly evidence: Evidence;
  readonly input: EvidencePackInput;
  readonly redactor: Redactor;
}

/** Reads what does not grow with the number of accounts. */
async function readLists(
  ctx: BuildContext,
  { evidence, input, redactor }: PackParts,
): Promise<EvidenceLists> {
  const { db } = ctx;
  const { period } = input;
  const inScope = scopeOf(input);
  const accountNames = new Map<string, string>(
    evidence.accounts.map(({ account }) => [account.id, account.name]),
  );
  const nameOf = (id: AccountId) => accountNames.get(id) ?? '';
  const keys = await readAccountKeys(
    { db, now: () => input.madeAt },
    evidence.accounts.flatMap(({ account }) => (account.closedAt === null ? [account] : [])),
  );
  const lists = {
    exemptions: evidence.exemptions.map((one) => exemptionRow(one, nameOf(one.accountId), redactor)),
    recoveryWindows: (await listRecoveriesOfPeriod(db, period))
      .filter(({ accountId }) => inScope(accountId))
      .map((one) => recoveryWindowRow(one, nameOf(one.accountId), redactor)),
    tokenRequests: (await listTokenRequestsOfPeriod(db, period))
      .filter(({ accounts }) => accounts.some(({ id }) => inScope(id)))
      .map((request) => tokenRequestRow(request, redactor)),
    rootEvents: await readPeriodRootEvents(db, input, redactor),
    keys,
  };
  const ids = new Set(peopleIn(lists));
  let auditEntries = 0;
  for await (const page of readAuditPages(db, { evidence, input, redactor })) {
    auditEntries += page.length;
    for (const { actor } of page) ids.add(actor);
  }
  const people = input.redact ? [] : await listPeople(db);
  const names = new Map(
    people.filter(({ slackId }) => ids.has(slackId)).map(({ slackId, name }) => [slackId, name]),
  );
  return { ...lists, names, auditEntries, rootEventSource: await readRootEventSource(ctx, evidence) };
}

/** The people of the lists, by id. */
function* peopleIn({
  exemptions,
  recoveryWindows,
  tokenRequests,
  rootEvents,
  keys,
}: Omit<EvidenceLists, 'names' | 'auditEntries' | 'rootEventSource'>): Generator<string> {
  const ids = [
    ...exemptions.flatMap(({ requestedBy, approvedBy }) => [requestedBy, approvedBy]),
    ...recoveryWindows.flatMap(({ requestedBy, decidedBy, closedBy }) => [requestedBy, decidedBy, closedBy]),
    ...tokenRequests.flatMap(({ requestedBy, decidedBy }) => [requestedBy, decidedBy]),
    ...rootEvents.map(({ answeredBy }) => answeredBy),
    ...keys.flatMap(({ keys: registered }) => registered.map(({ holder }) => holder)),
  ];
  for (const id of ids) if (id !== null) yield id;
}

async function readRootEventSource(
  { db, config }: BuildContext,
  { accounts }: Evidence,
): Promise<EvidenceLists['rootEventSource']> {
  const isConfigured = config.rootEvents.queueUrl !== undefined;
  const open = accounts.filter(({ account }) => account.closedAt === null);
  const heard = isConfigured ? await readHeard(db) : new Map<string, never>();
  return {
    isConfigured,
    accounts: open.length,
    heard: open.filter(({ account }) => heard.has(account.id)).length,
  };
}

function packFiles(
  { db, config }: BuildContext,
  {
    evidence,
    input,
    redactor,
    lists,
    page,
  }: PackParts & { readonly lists: EvidenceLists; readonly page: EvidencePage },
): readonly PackFile[] {
  const { toolVersion } = input;
  const findings = findingsByAccount(evidence, input.controls, redactor);
  return [
    { name: 'index.html', content: [renderEvidencePage(page)] },
    { name: 'accounts.csv', content: intervalsAsCsv(allIntervalRows(evidence, redactor)) },
    { name: 'scans.csv', content: scansAsCsv(evidence.scans.map((scan) => scanRow(scan, redactor))) },
    { name: 'exemptions.csv', content: exemptionsAsCsv(lists.exemptions) },
    { name: 'recovery-windows.csv', content: recoveryWindowsAsCsv(lists.recoveryWindows) },
    { name: 'audit.csv', content: evidenceAuditAsCsv(readAuditPages(db, { evidence, input, redactor })) },
    {
      name: 'audit-chain.jsonl',
      content: auditChainAsJsonLines(readChainPages(db, { evidence, input })),
    },
    { name: 'root-events.csv', content: rootEventsAsCsv(lists.rootEvents) },
    { name: 'token-requests.csv', content: tokenRequestsAsCsv(lists.tokenRequests) },
    { name: 'keys.csv', content: keysAsCsv(flatMap(lists.keys, (keys) => toKeyRows(keys, redactor))) },
    {
      name: 'findings.ocsf.jsonl',
      content: findingsAsOcsf(
        flatMap(findings, (ofAccount) => ofAccount),
        { toolVersion, cisVersion: config.policy.cis },
      ),
    },
    {
      name: 'assessment-results.oscal.json',
      content: assessmentResultsAsOscal({
        ...input.period,
        title: page.title,
        madeAt: input.madeAt,
        toolVersion,
        coverages: input.controls.map((control) => controlCoverage(control, evidence.accounts)),
        accounts: findings,
      }),
    },
    { name: 'controls.json', content: [`${JSON.stringify(CONTROL_MAP, null, 2)}\n`] },
  ];
}

/** Each account's findings at the end of the period, made whenever they are read: kept, they would take most of the memory. */
function findingsByAccount(
  { accounts }: Evidence,
  controls: readonly EvidenceControl[],
  redactor: Redactor,
): Iterable<readonly ControlFinding[]> {
  return {
    *[Symbol.iterator]() {
      for (const account of accounts) {
        const findings = findingsAtEnd(account, controls, redactor);
        if (findings.length > 0) yield findings;
      }
    },
  };
}

function* allIntervalRows({ accounts, scans }: Evidence, redactor: Redactor): Generator<IntervalRow> {
  const looks = looksOf(scans);
  for (const account of accounts) yield* intervalRows(account, looks, redactor);
}

function* flatMap<T, U>(items: Iterable<T>, toItems: (item: T) => Iterable<U>): Generator<U> {
  for (const item of items) yield* toItems(item);
}

/** Reads the audit log of the period page by page, up to the head that the evidence was read with. */
async function* readAuditPages(
  db: Database,
  { evidence: { auditHead }, input, redactor }: PackParts,
): AsyncGenerator<readonly EvidenceAuditRow[]> {
  if (!auditHead) return;
  const inScope = scopeOf(input);
  let afterPosition = 0;
  for (;;) {
    const page = await listChainedEntries(db, {
      ...input.period,
      afterPosition,
      upToPosition: auditHead.position,
      limit: AUDIT_PAGE,
    });
    yield page
      .filter(({ entry }) => inScope(entry.accountId ?? null))
      .map((entry) => auditRow(entry, redactor));
    if (page.length < AUDIT_PAGE) return;
    afterPosition = page.at(-1)?.position ?? afterPosition;
  }
}

/** Reads the hash chain of the period page by page. What is not the pack's to show has its hash only. */
async function* readChainPages(
  db: Database,
  { evidence: { auditHead }, input }: Omit<PackParts, 'redactor'>,
): AsyncGenerator<readonly AuditChainLink[]> {
  if (!auditHead) return;
  const { period, redact } = input;
  const inScope = scopeOf(input);
  const isShown = ({ at, accountId }: ChainLink) =>
    !redact && at !== null && at >= period.from && at < period.to && inScope(accountId);
  let afterPosition = 0;
  for (;;) {
    const page = await listChainLinks(db, {
      ...period,
      afterPosition,
      upToPosition: auditHead.position,
      limit: AUDIT_PAGE,
    });
    yield page.map((link) => ({ ...link, line: isShown(link) ? link.line : null }));
    if (page.length < AUDIT_PAGE) return;
    afterPosition = page.at(-1)?.position ?? afterPosition;
  }
}

function scopeOf({ accountIds }: EvidencePackInput): (id: string | null) => boolean {
  return (id) => accountIds === undefined || (id !== null && accountIds.has(id as AccountId));
}

async function readPeriodRootEvents(
  db: Database,
  { period, accountIds }: EvidencePackInput,
  redactor: Redactor,
): Promise<readonly RootEventRow[]> {
  const rows = await readRootEventRows(
    { db },
    { since: period.from, accountIds: accountIds ? [...accountIds] : null },
  );
  return rows
    .filter(({ at }) => at < period.to.toISOString())
    .map((row) => ({
      ...row,
      openedBy: row.openedBy && redactor.text(row.openedBy),
      answeredBy: row.answeredBy && redactor.person(row.answeredBy),
      reason: row.reason && redactor.text(row.reason),
    }));
}
