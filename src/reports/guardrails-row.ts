import type { Answer } from '../domain/guardrails/answer.ts';
import type { Reason } from '../domain/guardrails/evaluate.ts';
import type { Guardrails } from '../domain/guardrails/guardrails.ts';

/** What service control policies mean for an account's root user, as files and scripts get it. */
export interface GuardrailsRow extends Readonly<Record<keyof Guardrails, Answer>> {
  /** The policies that make an answer other than no, and which answers. */
  readonly policies: readonly {
    /** `null`: no policy of the target allows it, or they could not be listed. */
    readonly id: string | null;
    readonly name: string | null;
    readonly target: string;
    readonly because: Reason['kind'];
    readonly answers: readonly (keyof Guardrails)[];
  }[];
}

const QUESTIONS = [
  'deniesRoot',
  'blocksRootSession',
  'blocksMemberRole',
  'blocksAddingMfa',
  'blocksRemovingMfa',
] as const satisfies readonly (keyof Guardrails)[];

/** Returns the guardrails as a row, or null where they were not read. */
export function guardrailsRow(guardrails: Guardrails | null): GuardrailsRow | null {
  if (!guardrails) return null;

  const policies = new Map<string, GuardrailsRow['policies'][number]>();
  for (const question of QUESTIONS) {
    for (const { policy, target, kind } of guardrails[question].reasons) {
      const key = `${policy?.id} ${target} ${kind}`;
      const { answers } = policies.get(key) ?? { answers: [] };
      policies.set(key, {
        id: policy?.id ?? null,
        name: policy?.name ?? null,
        target,
        because: kind,
        answers: [...new Set([...answers, question])],
      });
    }
  }
  return {
    deniesRoot: guardrails.deniesRoot.answer,
    blocksRootSession: guardrails.blocksRootSession.answer,
    blocksMemberRole: guardrails.blocksMemberRole.answer,
    blocksAddingMfa: guardrails.blocksAddingMfa.answer,
    blocksRemovingMfa: guardrails.blocksRemovingMfa.answer,
    policies: [...policies.values()],
  };
}

/** Returns the guardrails as one cell: the answers that are not no. Empty where nothing was read. */
export function guardrailsCell(row: GuardrailsRow | null): string {
  if (!row) return '';
  const notable = QUESTIONS.filter((question) => row[question] !== 'no');
  return notable.length > 0 ? notable.map((question) => `${question}: ${row[question]}`).join('; ') : 'none';
}
