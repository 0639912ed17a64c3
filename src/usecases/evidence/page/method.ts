import { CONTROL_MAP } from '../../../reports/evidence-pack/control-map.ts';
import type { EvidenceSection } from '../../../reports/evidence-pack/html.ts';
import type { Evidence } from '../read-evidence.ts';
import type { EvidenceLists } from './lists.ts';
import { count } from './wording.ts';

/** Returns what the pack is about, and what policy requires of how many accounts. */
export function scopeSection({ accounts }: Evidence): EvidenceSection {
  const requirements = new Map<string, number>();
  for (const { requirement } of accounts) {
    const { level, proof, rootCredentials } = requirement;
    const text = [
      level === 1
        ? 'MFA on the root user (Level 1)'
        : `Hardware MFA on the root user (Level 2, proof: ${proof})`,
      ...(rootCredentials === 'forbidden' ? ['no root credentials at all'] : []),
    ].join(', and ');
    requirements.set(text, (requirements.get(text) ?? 0) + 1);
  }
  return {
    id: 'scope',
    title: 'Scope and policy',
    paragraphs: [
      'The root user of every AWS account of the organization that the bot knew in the period, and whether it was protected as company policy requires.',
      'All times are in UTC. They come from the clock of the server that runs the bot; times of root events come from CloudTrail.',
      'Compliance is judged by the policy in force when this pack was made, because earlier policies are not kept. The results of the controls do not depend on that policy, except for the proof of hardware.',
    ],
    tables: [
      {
        headings: ['Policy requires', 'Accounts'],
        rows: [...requirements].map(([text, number]) => [text, String(number)]),
        whenEmpty: 'No account in scope.',
      },
    ],
  };
}

/** Returns what the words in the pack mean. */
export function wordsSection(): EvidenceSection {
  return {
    id: 'words',
    title: 'What the words mean',
    paragraphs: [],
    tables: [
      {
        headings: ['Word', 'Meaning'],
        rows: [
          ['compliant', 'The account was checked, and its root user was as policy requires.'],
          ['non-compliant', 'The account was checked, and its root user was not as policy requires.'],
          ['exempt', 'Non-compliant, with an approved exemption in force. Never counted as a pass.'],
          [
            'not applicable',
            'There was no root password to protect, such as in a suspended account. Root access keys have a control of their own.',
          ],
          ['unknown', 'The account was checked, and the answer was not clear. Never counted as a pass.'],
          [
            'not observed',
            'The latest check failed, the last successful one was more than 48 hours old, or there was none yet. Never counted as a pass.',
          ],
          ['not in the organization', 'A scan shows that it was not an account of the organization then.'],
          ['pass, fail', 'The result of one control, whatever policy requires of the account.'],
          ['account-day', 'One account for 24 hours: 10 accounts over 90 days are 900 account-days.'],
          ['scan, check', 'A scan reads all accounts; a check reads one. Both use the AWS APIs.'],
        ],
        whenEmpty: '',
      },
    ],
  };
}

/** Returns how the bot comes to its verdicts. */
export function methodSection({ scans }: Evidence): EvidenceSection {
  return {
    id: 'method',
    title: 'How a verdict is made',
    paragraphs: [
      'The bot reads each account with the AWS APIs through a root session that can only audit, or through a read-only role. A pass and a fail both need positive evidence. What could not be read is unknown or not observed, never a pass.',
      'A check holds until the next one, for at most 48 hours. Between two checks the state is taken to be what the earlier one found; a change is dated to the check that found it first.',
      'Level 1 is any MFA device on the root user, Level 2 a hardware device. AWS does not tell a hardware security key from a synced passkey. With the proof `benchmark` both count as hardware, as in the audit steps of CIS; with `strict` a device that is only assumed to be hardware is unknown until its owner confirms it. Hardware can also pass by elimination: root has MFA, and no virtual device explains it. The confidence in accounts.csv is `inferred` there.',
      `The ${count(scans.length, 'scan')} of the period are in scans.csv, with the number of accounts that each could not read.`,
    ],
    tables: [],
  };
}

/** Returns who mapped the controls to frameworks, and where to read it. */
export function sourcesSection(): EvidenceSection {
  return {
    id: 'sources',
    title: 'Where the mappings come from',
    paragraphs: [
      'The maker of this tool maps nothing itself. controls.json has the mappings as data. Whether a framework applies, and what satisfies it, is for the company and its auditor to decide.',
    ],
    tables: [
      {
        headings: ['Source', 'Version', 'Where'],
        rows: CONTROL_MAP.sources.map(({ name, version, url }) => [name, version, url]),
        whenEmpty: '',
      },
    ],
  };
}

/** Returns the names of the people in the pack; nothing in a redacted one. */
export function peopleSection({ names }: EvidenceLists): readonly EvidenceSection[] {
  if (names.size === 0) return [];
  return [
    {
      id: 'people',
      title: 'People in this pack',
      paragraphs: [
        'The files name people by their Slack ID. `bot` is the bot itself; `system:` and a name is a system of the company.',
      ],
      tables: [
        {
          headings: ['Slack ID', 'Name'],
          rows: [...names].sort(([, a], [, b]) => a.localeCompare(b)).map(([id, name]) => [id, name]),
          whenEmpty: '',
        },
      ],
    },
  ];
}

/** Returns how to see that nothing in the pack was altered. */
export function verifySection(auditEntries: number): EvidenceSection {
  return {
    id: 'verify',
    title: 'How to verify this pack',
    paragraphs: [
      'manifest.json lists the size and SHA-256 of every file. `npm run --silent evidence -- verify FOLDER` compares them and names what was altered, removed or added. Without the bot, compare the output of `sha256sum FILE` with the manifest.',
      'The manifest is not signed. Keep its SHA-256 where the people who made the pack cannot change it, such as in your own working papers.',
      `audit.csv has the ${count(auditEntries, 'audit log entry').replace('entrys', 'entries')} of the period, and audit-chain.jsonl their hash chain: each hash is the SHA-256 of the hash before it, as 64 hexadecimal characters, directly followed by the line. The same command follows the chain. The head of the whole chain, which can be newer than the period, is in manifest.json and at the top of this page: a later pack shows whether the log was rewritten in between.`,
    ],
    tables: [],
  };
}
