import { randomUUID } from 'node:crypto';
import { isRegression } from '../../../domain/change.ts';
import { newMfaRemoval } from '../../../domain/mfa-removal.ts';
import { openMfaRemovals, saveMfaRemoval } from '../../../store/mfa-removals.ts';
import { changedAccountIds } from '../../../store/verdicts.ts';
import { showMfaRemoval } from '../../mfa-removals/show-mfa-removal.ts';
import type { ScanEffect } from './scan-effect.ts';

/** Records where MFA was removed, and where it is registered again; owners are asked after the commit. */
export const recordMfaRemovals: ScanEffect = async ({ tx }, changes) => {
  const open = await openMfaRemovals(tx, changedAccountIds(changes));
  for (const { accountId, before, after, at } of changes) {
    const removed = isRegression(before, after);
    const known = open.get(accountId);
    if (known && (removed || after.level1 === 'pass' || after.level1 === 'not_applicable')) {
      const ended = { ...known, endedAt: at };
      await saveMfaRemoval(tx, ended);
      await showMfaRemoval(tx, ended);
    }
    if (removed && before)
      await saveMfaRemoval(tx, newMfaRemoval(accountId, { id: randomUUID(), was: before.mfa, at }));
  }
};
