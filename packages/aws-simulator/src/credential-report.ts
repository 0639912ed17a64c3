import type { AccountId } from './account-id.ts';
import { AwsError } from './aws-error.ts';
import type { SimulatedAccount } from './organization.ts';

/** A report serves for four hours before another is made, and is then too old to be given out. */
const MAX_AGE_MS = 4 * 60 * 60 * 1000;

interface PendingReport {
  readonly csv: string;
  readonly madeAt: Date;
  ready: boolean;
}

/** A report as it is given out. */
export interface FinishedReport {
  readonly csv: string;
  readonly madeAt: Date;
}

/** The credential reports made so far, one an account. */
export class CredentialReports {
  readonly #byAccount = new Map<AccountId, PendingReport>();

  /** Starts a report where there is none that is fresh; the next call finds it complete. */
  generate(account: SimulatedAccount, partition: string, now: Date): 'STARTED' | 'COMPLETE' {
    const report = this.#byAccount.get(account.id);
    if (report && isFresh(report, now)) {
      report.ready = true;
      return 'COMPLETE';
    }
    this.#byAccount.set(account.id, { csv: csvOf(account, partition), madeAt: now, ready: false });
    return 'STARTED';
  }

  /** The report as it was when it was made, whatever has changed since. */
  find(account: SimulatedAccount, now: Date): FinishedReport {
    const report = this.#byAccount.get(account.id);
    if (!report) {
      throw new AwsError('ReportNotPresent', 'Credential report has not yet been generated', 410);
    }
    if (!isFresh(report, now)) throw new AwsError('ReportExpired', 'Credential report has expired', 410);
    if (!report.ready) {
      report.ready = true;
      throw new AwsError('ReportInProgress', 'Credential report is still being generated', 404);
    }
    return report;
  }
}

function isFresh({ madeAt }: PendingReport, now: Date): boolean {
  return now.getTime() - madeAt.getTime() < MAX_AGE_MS;
}

function csvOf(account: SimulatedAccount, partition: string): string {
  const { root } = account;
  const time = (at: Date | null, otherwise: string) =>
    at ? `${at.toISOString().slice(0, 19)}+00:00` : otherwise;

  const row: Record<string, string> = {
    user: '<root_account>',
    arn: `arn:${partition}:iam::${account.id}:root`,
    user_creation_time: time(account.joinedAt, 'N/A'),
    password_enabled: String(root.passwordSetAt !== null),
    password_last_used: time(root.passwordLastUsedAt, 'no_information'),
    password_last_changed: time(root.passwordSetAt, 'N/A'),
    password_next_rotation: 'not_supported',
    mfa_active: String(root.devices.length > 0),
  };
  for (const keySlot of [1, 2]) {
    row[`access_key_${keySlot}_active`] = String(root.accessKeys >= keySlot);
    row[`access_key_${keySlot}_last_rotated`] =
      root.accessKeys >= keySlot ? time(account.joinedAt, 'N/A') : 'N/A';
    row[`access_key_${keySlot}_last_used_date`] = 'N/A';
    row[`access_key_${keySlot}_last_used_region`] = 'N/A';
    row[`access_key_${keySlot}_last_used_service`] = 'N/A';
  }
  for (const keySlot of [1, 2]) {
    row[`cert_${keySlot}_active`] = String(root.certificates >= keySlot);
    row[`cert_${keySlot}_last_rotated`] =
      root.certificates >= keySlot ? time(account.joinedAt, 'N/A') : 'N/A';
  }
  row['additional_credentials_info'] = 'N/A';
  return `${Object.keys(row).join(',')}\n${Object.values(row).join(',')}`;
}
