import {
  type ControlCoverage,
  type ControlResult,
  controlCoverage,
  type EvidenceControl,
} from '../../../domain/evidence-pack/control-results.ts';
import type { Requirement } from '../../../domain/policy.ts';
import { CONTROL_MAP } from '../../../reports/evidence-pack/control-map.ts';
import type { EvidenceSection } from '../../../reports/evidence-pack/html.ts';
import type { Evidence } from '../read-evidence.ts';
import { controlTitle, count, RESULT_TEXT } from './wording.ts';

/** Returns the results of one control, and the frameworks that it is mapped to. */
export function controlSection(
  coverage: ControlCoverage,
  { accounts, cisNumbers, cisVersion }: Evidence,
): EvidenceSection {
  const { control, accountDays, atEnd } = coverage;
  const number = cisNumbers[control];
  const required = accounts.filter(({ requirement }) => requires(requirement, control));
  const requiredAtEnd = controlCoverage(control, required).atEnd;
  const mappings = CONTROL_MAP.controls.find(({ id }) => id === control)?.mappings ?? [];
  return {
    id: control,
    title: `Control: ${controlTitle(control)}`,
    paragraphs: [
      `${coverage.metThroughout} of ${coverage.accounts} accounts were observed for the whole period and met it, were exempt or were not subject to it.${number ? ` It is recommendation ${number} of CIS AWS Foundations Benchmark ${cisVersion}.` : ''}`,
      `Company policy requires it of ${count(required.length, 'account')}. It is judged for every account, because a framework can ask for it where company policy does not.`,
      ...(control === 'no-root-credentials'
        ? [
            'The management account is judged, too, although its root user keeps its credentials: AWS manages those of member accounts only.',
          ]
        : []),
    ],
    tables: [
      {
        headings: ['Result', 'Accounts at the end', 'Account-days', 'At the end, where policy requires it'],
        rows: (Object.keys(RESULT_TEXT) as ControlResult[])
          .filter((result) => accountDays[result] > 0 || atEnd[result] > 0)
          .map((result) => [
            RESULT_TEXT[result],
            String(atEnd[result]),
            accountDays[result].toFixed(1),
            String(requiredAtEnd[result]),
          ]),
        whenEmpty: 'No account in scope.',
      },
      {
        caption: `Frameworks it supports, as mapped by the sources named (${CONTROL_MAP.date}). A mapping does not mean that the framework requires the control.`,
        headings: ['Framework', 'Controls', 'Mapped by'],
        rows: mappings.map(({ framework, ids, mappedBy }) => [framework, ids.join(', '), mappedBy]),
        whenEmpty: 'No mapping is known.',
      },
    ],
  };
}

/** Whether company policy requires a control of an account. */
export function requires({ level, rootCredentials }: Requirement, control: EvidenceControl): boolean {
  switch (control) {
    case 'root-mfa':
      return true;
    case 'root-hardware-mfa':
      return level === 2;
    case 'no-root-credentials':
      return rootCredentials === 'forbidden';
  }
}
