import { CENTRAL_ROOT_ACCESS_TEXT } from '../../domain/central-root-access.ts';
import { type ControlCoverage, controlCoverage } from '../../domain/evidence-pack/control-results.ts';
import type { EvidenceState } from '../../domain/evidence-pack/intervals.ts';
import { timeline } from '../../domain/evidence-pack/timeline.ts';
import type { EvidencePage } from '../../reports/evidence-pack/html.ts';
import type { EvidencePackInput } from './evidence-pack-input.ts';
import { accountsSection, failuresSection, notSeenSection, populationSection } from './page/accounts.ts';
import { controlSection } from './page/controls.ts';
import { exemptionsSection, recoveryWindowsSection } from './page/exceptions.ts';
import { keysSection } from './page/keys.ts';
import type { EvidenceLists } from './page/lists.ts';
import {
  methodSection,
  peopleSection,
  scopeSection,
  sourcesSection,
  verifySection,
  wordsSection,
} from './page/method.ts';
import { rootEventsSection } from './page/root-events.ts';
import { controlTitle, day, resultCounts, stateCounts } from './page/wording.ts';
import type { Evidence } from './read-evidence.ts';

/** Returns the page of an evidence pack. */
export function evidencePage(
  evidence: Evidence,
  lists: EvidenceLists,
  input: EvidencePackInput,
): EvidencePage {
  const { period, accounts, auditHead } = evidence;
  const [from, to] = [day(period.from), day(new Date(period.to.getTime() - 1))];
  const coverages = input.controls.map((control) => controlCoverage(control, accounts));
  return {
    title: `Root user MFA: evidence for ${from} to ${to}`,
    summary: summaryOf(evidence, coverages),
    facts: [
      ['Organization', input.organization ?? 'not named'],
      ['Contact', input.contact ?? 'not named'],
      ['Period', `${from} to ${to}, both included, in UTC`],
      ['Accounts in scope', String(accounts.length)],
      ['Scans in the period', String(evidence.scans.length)],
      ['Centralized root access (CIS 2.1.1)', centralRootAccessText(evidence)],
      ['Made', `${input.madeAt.toISOString()} by ${input.madeBy}`],
      ['Tool', `root-mfa-bot ${input.toolVersion}`],
      [
        'Audit log',
        auditHead
          ? `${auditHead.position} ${auditHead.position === 1 ? 'entry' : 'entries'}, head ${auditHead.hash}`
          : 'empty',
      ],
    ],
    chart: chartOf(evidence),
    sections: [
      scopeSection(evidence),
      wordsSection(),
      populationSection(evidence),
      ...coverages.map((coverage) => controlSection(coverage, evidence)),
      failuresSection(evidence, input.controls, lists.recoveryWindows),
      notSeenSection(evidence),
      exemptionsSection(lists),
      recoveryWindowsSection(lists),
      rootEventsSection(lists),
      keysSection(lists),
      accountsSection(evidence),
      ...peopleSection(lists),
      methodSection(evidence),
      sourcesSection(),
      verifySection(lists.auditEntries),
    ],
  };
}

/** Returns how many of the scans saw centralized root access on, and which state the last one saw. */
function centralRootAccessText({ scans }: Evidence): string {
  const seen = scans.flatMap(({ centralRootAccess }) => centralRootAccess ?? []);
  const last = seen.at(-1);
  if (last === undefined) return 'not observed';
  const on = seen.filter((access) => access === 'enabled').length;
  return `${CENTRAL_ROOT_ACCESS_TEXT[last]} at the last scan; on in ${on} of ${seen.length} scans`;
}

/** Returns how many accounts were as policy requires at the end, and a sentence for each control. */
function summaryOf({ accounts }: Evidence, coverages: readonly ControlCoverage[]): readonly string[] {
  if (accounts.length === 0) return ['No account was in scope in this period.'];
  return [
    `Company policy, at the end of the period: ${stateCounts(accounts.flatMap(({ intervals }) => intervals.at(-1)?.state ?? []))}.`,
    ...coverages.map(
      ({ control, atEnd }) => `${controlTitle(control)}, at the end of the period: ${resultCounts(atEnd)}.`,
    ),
  ];
}

function chartOf(evidence: Evidence): EvidencePage['chart'] {
  const order: readonly (readonly [EvidenceState, string])[] = [
    ['compliant', 'compliant'],
    ['exempt', 'exempt'],
    ['not_applicable', 'not applicable'],
    ['unknown', 'unknown'],
    ['not_observed', 'not observed'],
    ['noncompliant', 'non-compliant'],
  ];
  return {
    title: 'Accounts by state under company policy',
    series: order.map(([, label], index) => ({ label, color: `s${index}` })),
    points: timeline(evidence.accounts, evidence.period).map(({ at, counts }) => ({
      label: day(at),
      values: order.map(([state]) => counts[state]),
    })),
  };
}
