import { type BotAccess, cureForBot } from '../../domain/guardrails/explain.ts';
import type { Guardrails } from '../../domain/guardrails/guardrails.ts';
import { type CheckResult, ok, warn } from './check.ts';
import { formatCount } from './format-values.ts';
import type { DoctorResources } from './resources.ts';

/** Accounts asked one by one where the organization is large: a whole one takes minutes of a small quota. */
const SAMPLE_SIZE = 10;
const MAX_DETAILS = 5;

/** Checks before the first scan which service control policies deny root, the bot or the fix. */
export async function checkGuardrails({
  config,
  collector,
  accounts,
}: DoctorResources): Promise<CheckResult> {
  const { guardrails, aws } = await config.require();
  if (guardrails.check === 'off') return ok('not used: guardrails.check is off');
  const { organization, directory } = await collector.require();
  if (!organization) return ok('not used: there is no organization');

  const { found, more } = await accounts.require();
  const active = found.filter(({ state }) => state === 'ACTIVE');
  const reader = directory({
    orgUnits: false,
    tags: false,
    contacts: false,
    guardrails: more ? 'accounts' : 'organization',
  });
  reader.learn(more ? active.slice(0, SAMPLE_SIZE) : active);
  const { entries, errors } = await reader.finish();
  const [refusal] = errors;
  if (refusal) {
    return warn(
      `cannot tell: ${refusal.call} returned ${refusal.code}`,
      'Allow the actions under Guardrails in docs/aws.md, or set guardrails.check to off.',
    );
  }
  return summarize(
    [...entries.values()].flatMap((entry) => entry.guardrails ?? []),
    aws,
  );
}

function summarize(all: readonly Guardrails[], access: BotAccess): CheckResult {
  const accounts = formatCount(all.length, 'account');
  const denied = all.filter(({ deniesRoot }) => deniesRoot.answer === 'yes').length;
  const denial = `root is denied in ${denied} of ${accounts}`;

  const cures = new Map<string, number>();
  for (const guardrails of all) {
    const cure = cureForBot(guardrails, access);
    if (cure) cures.set(cure, (cures.get(cure) ?? 0) + 1);
  }
  if (cures.size === 0) return ok(`${denial}, and no policy is known to keep the bot out`);

  const blocked = [...cures.values()].reduce((sum, count) => sum + count, 0);
  const details = [...cures]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_DETAILS)
    .map(([cure, count]) => `${formatCount(count, 'account')}: ${cure}`);
  return warn(
    `${denial}; policies deny the bot a root session or its role in ${blocked}`,
    'Change the policies as below. Until then, the bot reads these accounts the other way, where there is one.',
    details,
  );
}
