import { createHash } from 'node:crypto';
import type { ControlCoverage, ControlResult } from '../domain/evidence-pack/control-results.ts';
import { type ControlFinding, controlTitle } from './control-finding.ts';

/** What the assessment results are about. */
export interface OscalAssessment {
  readonly title: string;
  readonly from: Date;
  readonly to: Date;
  readonly madeAt: Date;
  readonly toolVersion: string;
  readonly coverages: readonly ControlCoverage[];
  /** Each account's findings, one for each control; read several times. */
  readonly accounts: Iterable<readonly ControlFinding[]>;
}

/** A namespace of our own, so that our property names cannot be taken for those of OSCAL. */
const NAMESPACE = 'urn:root-mfa-bot:oscal';

/**
 * Returns OSCAL 1.2 assessment results: an observation for each account, a finding for each control. Ids depend only on what
 * they name, so that two packs of one period agree.
 */
export function* assessmentResultsAsOscal(assessment: OscalAssessment): Generator<string> {
  const { title, from, to, madeAt, toolVersion, coverages, accounts } = assessment;
  const hasAccounts = coverages.some(({ atEnd }) => RESULTS.some((result) => atEnd[result] > 0));
  const period = `${from.toISOString()}/${to.toISOString()}`;
  const planId = uuidOf('plan');
  const document = {
    uuid: uuidOf(`document ${period} ${madeAt.toISOString()}`),
    metadata: {
      title,
      'last-modified': madeAt.toISOString(),
      version: toolVersion,
      'oscal-version': '1.2.0',
    },
    'import-ap': {
      href: `#${planId}`,
      remarks: 'There is no OSCAL assessment plan: the accounts are read automatically, at every scan.',
    },
    'back-matter': {
      resources: [{ uuid: planId, title: 'How a verdict is made', rlinks: [{ href: 'index.html' }] }],
    },
  };
  const result = {
    uuid: uuidOf(`result ${period}`),
    title,
    description: 'Root users of AWS accounts at the end of the period. index.html has the whole period.',
    start: from.toISOString(),
    end: to.toISOString(),
    'reviewed-controls': {
      'control-selections': [
        {
          description: 'Controls of root-mfa-bot. controls.json maps them to frameworks.',
          'include-controls': coverages.map(({ control }) => ({ 'control-id': control })),
        },
      ],
    },
  };

  yield `{"assessment-results":${openObject(document)},"results":[${openObject(result)},"findings":[`;
  for (const [index, coverage] of coverages.entries()) {
    yield `${index === 0 ? '' : ','}\n${openObject(findingOf(coverage, period))}`;
    if (hasAccounts) {
      yield ',';
      yield* arrayMember('related-observations', accounts, ([finding]) => ({
        'observation-uuid': observationId(finding?.accountId ?? '', period),
      }));
    }
    yield '}';
  }
  yield ']';
  if (hasAccounts) {
    yield ',';
    yield* arrayMember('observations', accounts, (findings) => observationOf(findings, period));
    yield ',"local-definitions":{';
    yield* arrayMember('inventory-items', accounts, inventoryItemOf);
    yield '}';
  }
  yield '}]}}\n';
}

function inventoryItemOf([finding]: readonly ControlFinding[]) {
  const { accountId = '', accountName = '', partition = '' } = finding ?? {};
  return {
    uuid: uuidOf(`account ${accountId}`),
    description: `Root user of ${accountName || accountId}`,
    props: [
      { name: 'asset-id', value: `arn:${partition}:iam::${accountId}:root` },
      { name: 'account-id', ns: NAMESPACE, value: accountId },
    ],
  };
}

function observationOf(findings: readonly ControlFinding[], period: string) {
  const [first] = findings;
  const { accountId = '', accountName = '', at = new Date(0) } = first ?? {};
  const isObserved = findings.some(({ result }) => result !== 'not_observed');
  return {
    uuid: observationId(accountId, period),
    title: `${accountName || accountId} (${accountId})`,
    description: [...new Set(findings.map(({ evidence }) => evidence))].join(' '),
    props: findings.map(({ control, result }) => ({ name: control, ns: NAMESPACE, value: result })),
    methods: [isObserved ? 'TEST' : 'UNKNOWN'],
    types: ['control-objective'],
    subjects: [{ 'subject-uuid': uuidOf(`account ${accountId}`), type: 'inventory-item' }],
    'relevant-evidence': [
      { href: 'accounts.csv', description: 'The states of the account over the period.' },
    ],
    collected: at.toISOString(),
  };
}

function findingOf(coverage: ControlCoverage, period: string) {
  const { control, atEnd } = coverage;
  const counts = RESULTS.filter((result) => atEnd[result] > 0);
  return {
    uuid: uuidOf(`finding ${control} ${period}`),
    title: controlTitle(control),
    description:
      counts.map((result) => `${atEnd[result]} ${result.replaceAll('_', ' ')}`).join(', ') || 'No account.',
    ...(counts.length > 0 && {
      props: counts.map((result) => ({ name: result, ns: NAMESPACE, value: String(atEnd[result]) })),
    }),
    target: { type: 'objective-id', 'target-id': control, status: statusOf(atEnd) },
  };
}

const RESULTS: readonly ControlResult[] = [
  'pass',
  'fail',
  'exempt',
  'unknown',
  'not_observed',
  'not_applicable',
];

/** Satisfied only if every account that can pass does: an exemption excuses a failure and does not undo it. */
function statusOf(atEnd: ControlCoverage['atEnd']) {
  if (atEnd.fail + atEnd.exempt > 0) return { state: 'not-satisfied', reason: 'fail' };
  if (atEnd.unknown + atEnd.not_observed > 0 || atEnd.pass === 0) {
    return { state: 'not-satisfied', reason: 'other' };
  }
  return { state: 'satisfied', reason: 'pass' };
}

function observationId(accountId: string, period: string): string {
  return uuidOf(`observation ${accountId} ${period}`);
}

/** Returns an object as JSON without its closing brace, so that more members can follow. */
function openObject(value: object): string {
  return JSON.stringify(value).slice(0, -1);
}

/** A named array, an element a chunk: the document of a large organization never is one string. */
function* arrayMember<T>(name: string, items: Iterable<T>, toJson: (item: T) => object): Generator<string> {
  yield `${JSON.stringify(name)}:[`;
  let separator = '\n';
  for (const item of items) {
    yield `${separator}${JSON.stringify(toJson(item))}`;
    separator = ',\n';
  }
  yield ']';
}

/** Returns a name-based UUID (version 5 of RFC 9562, in a namespace of our own). */
function uuidOf(name: string): string {
  const hash = createHash('sha1').update(`${NAMESPACE} ${name}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
