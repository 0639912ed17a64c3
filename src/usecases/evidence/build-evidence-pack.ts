import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { controlCoverage } from '../../domain/evidence-pack/control-results.ts';
import { CONTROL_MAP } from '../../reports/evidence-pack/control-map.ts';
import {
  type AuditChainLink,
  auditChainAsJsonLines,
  type EvidenceAuditRow,
  evidenceAuditAsCsv,
  exemptionsAsCsv,
  type IntervalRow,
  intervalsAsCsv,
  scansAsCsv,
  tokenRequestsAsCsv,
} from '../../reports/evidence-pack/files.ts';
import { renderEvidencePage } from '../../reports/evidence-pack/html.ts';
import type { ManifestFacts, PackFile } from '../../reports/evidence-pack/manifest.ts';
import { keysAsCsv } from '../../reports/key-export.ts';
import { findingsAsOcsf } from '../../reports/ocsf.ts';
import { assessmentResultsAsOscal } from '../../reports/oscal.ts';
import { type RootEventRow, rootEventsAsCsv } from '../../reports/root-event-export.ts';
import { listChainedEntries } from '../../store/audit-chain.ts';
import type { Database } from '../../store/database.ts';
import { listPeople } from '../../store/people.ts';
import { readRedactionSalt } from '../../store/redaction-salt.ts';
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
  scanRow,
  tokenRequestRow,
} from './evidence-rows.ts';
import { type Evidence, readEvidence } from './read-evidence.ts';
import { createRedactor, NO_REDACTION, type Redactor } from './redactor.ts';

/** A pack: its files, and what its manifest says of them. */
export interface EvidencePack {
  readonly evidence: Evidence;
  readonly files: readonly PackFile[];
  readonly manifest: ManifestFacts;
}

const AUDIT_PAGE = 500;

/** Builds the evidence pack of a period. The files are made as they are read, one after the other. */
export async function buildEvidencePack(
  ctx: { readonly db: Database; readonly config: Config },
  input: EvidencePackInput,
): Promise<EvidencePack> {
  const { db } = ctx;
  const redactor = input.redact
    ? createRedactor(await readRedactionSalt(db), await listPeople(db))
    : NO_REDACTION;
  const evidence = await readEvidence(ctx, input);
  const inScope = (id: string | null) =>
    input.accountIds === undefined || (id !== null && input.accountIds.has(id as AccountId));
  const names = new Map<string, string>(evidence.accounts.map(({ account }) => [account.id, account.name]));
  const exemptions = evidence.exemptions.map((exemption) =>
    exemptionRow(exemption, names.get(exemption.accountId) ?? '', redactor),
  );
  const tokenRequests = (await listTokenRequestsOfPeriod(db, input.period))
    .filter(({ accounts }) => accounts.some(({ id }) => inScope(id)))
    .map((request) => tokenRequestRow(request, redactor));
  const keys = (
    await readAccountKeys(
      { db, now: () => input.madeAt },
      evidence.accounts.flatMap(({ account }) => (account.closedAt === null ? [account] : [])),
    )
  ).flatMap((account) => toKeyRows(account, redactor));
  const rootEvents = await readPeriodRootEvents(db, input, redactor);
  const audit = (await readAuditRows(db, input, redactor)).filter(({ accountId }) => inScope(accountId));
  const looks = evidence.scans.map(({ startedAt }) => startedAt);
  const findings = evidence.accounts.map((account) => findingsAtEnd(account, input.controls, redactor));
  const page = evidencePage(
    evidence,
    { exemptions, tokenRequests, rootEvents, auditEntries: audit.length },
    { ...input, madeBy: redactor.person(input.madeBy) },
  );
  return {
    evidence,
    manifest: {
      madeAt: input.madeAt.toISOString(),
      madeBy: input.redact ? 'redacted' : input.madeBy,
      tool: `root-mfa-bot ${input.toolVersion}`,
      from: input.period.from.toISOString(),
      to: input.period.to.toISOString(),
      redacted: input.redact,
      auditLogHead: evidence.auditHead,
    },
    files: [
      { name: 'index.html', content: [renderEvidencePage(page)] },
      {
        name: 'accounts.csv',
        content: intervalsAsCsv(allIntervalRows(evidence, looks, redactor)),
      },
      { name: 'scans.csv', content: scansAsCsv(evidence.scans.map((scan) => scanRow(scan, redactor))) },
      { name: 'exemptions.csv', content: exemptionsAsCsv(exemptions) },
      { name: 'audit.csv', content: evidenceAuditAsCsv(audit) },
      { name: 'audit-chain.jsonl', content: auditChainAsJsonLines(audit) },
      { name: 'root-events.csv', content: rootEventsAsCsv(rootEvents) },
      { name: 'token-requests.csv', content: tokenRequestsAsCsv(tokenRequests) },
      { name: 'keys.csv', content: keysAsCsv(keys) },
      {
        name: 'findings.ocsf.jsonl',
        content: findingsAsOcsf(findings.flat(), {
          toolVersion: input.toolVersion,
          cisVersion: ctx.config.policy.cis,
        }),
      },
      {
        name: 'assessment-results.oscal.json',
        content: assessmentResultsAsOscal({
          ...input.period,
          title: page.title,
          madeAt: input.madeAt,
          toolVersion: input.toolVersion,
          coverages: input.controls.map((control) => controlCoverage(control, evidence.accounts)),
          accounts: findings,
        }),
      },
      { name: 'controls.json', content: [`${JSON.stringify(CONTROL_MAP, null, 2)}\n`] },
    ],
  };
}

/** Yields the rows account by account: all of them at once would take much memory. */
function* allIntervalRows(
  { accounts }: Evidence,
  looks: readonly Date[],
  redactor: Redactor,
): Generator<IntervalRow> {
  for (const account of accounts) yield* intervalRows(account, looks, redactor);
}

async function readAuditRows(
  db: Database,
  { period, redact }: EvidencePackInput,
  redactor: Redactor,
): Promise<readonly (EvidenceAuditRow & AuditChainLink)[]> {
  const rows: (EvidenceAuditRow & AuditChainLink)[] = [];
  for (let afterPosition = 0; ; ) {
    const page = await listChainedEntries(db, { ...period, afterPosition, limit: AUDIT_PAGE });
    rows.push(...page.map((entry) => auditRow(entry, redactor, redact)));
    if (page.length < AUDIT_PAGE) return rows;
    afterPosition = page.at(-1)?.position ?? afterPosition;
  }
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
