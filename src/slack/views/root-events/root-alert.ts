import type {
  AlertedIncident,
  RootAlertNotification,
} from '../../../domain/root-events/root-notification.ts';
import {
  actions,
  type Block,
  button,
  context,
  formatSlackDateTime,
  joinMarkup,
  link,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import { EVENT_TEXT, sourceText } from './event-text.ts';
import { answerText, SHOW_ROOT_EVENTS, UNEXPLAINED_EVENTS } from './incident.ts';

const MAX_NAME_LENGTH = 60;

/** Unexplained use of root: what happened, and what to do in which order. */
export function renderRootAlert({ because, incidents }: RootAlertNotification): RenderedMessage {
  const [first] = incidents.items;
  const isAnswered = incidents.items.every(({ answer }) => answer?.state === 'explained');
  const headline = alertHeadline(because, incidents.count, first, isAnswered);
  const headlineNamesDenier = because === 'denied' && incidents.count === 1;
  const lines = joinMarkup(
    incidents.items.map((incident) => incidentLine(incident, { namesDenier: !headlineNamesDenier })),
    '\n',
  );
  const more = incidents.count - incidents.items.length;
  const buttons = [
    ...(first && incidents.count === 1
      ? [button(OPEN_ACCOUNT, 'Open the account', { value: first.account.id })]
      : []),
    button(SHOW_ROOT_EVENTS, 'Show the events', {
      value: first && incidents.count === 1 ? first.account.id : UNEXPLAINED_EVENTS,
    }),
  ];
  return {
    text: joinMarkup([headline, lines], '\n').markup,
    blocks: [
      section(headline),
      section(lines),
      ...(more > 0 ? [context(md`… and ${more} more: \`/mfa-status events\``)] : []),
      ...(isAnswered || !first ? [] : playbook(incidents.items.map(({ firstAt }) => firstAt))),
      actions(...buttons),
      ...(isAnswered
        ? []
        : [context(md`If it was planned after all, an admin can say so under *Show the events*.`)]),
    ],
  };
}

function alertHeadline(
  because: RootAlertNotification['because'],
  count: number,
  first: AlertedIncident | undefined,
  isAnswered: boolean,
): Markup {
  const mark = isAnswered ? md`:white_check_mark: ` : md`:rotating_light: `;
  const what =
    count === 1 && first
      ? md`*Root of ${truncate(first.account.name, MAX_NAME_LENGTH)} was used`
      : md`*Root was used in ${pluralize(count, 'incident')}`;
  const why = isAnswered
    ? md`, and this is now explained.*`
    : because === 'denied'
      ? joinMarkup(
          [
            md`, and* `,
            first?.answer && count === 1 ? mention(first.answer.by) : md`the person I asked`,
            md` *says it was not them.*`,
          ],
          '',
        )
      : md`, and no one has explained it.*`;
  return joinMarkup([mark, what, why], '');
}

function incidentLine(incident: AlertedIncident, { namesDenier }: { readonly namesDenier: boolean }): Markup {
  const { account, kinds, firstAt, source, asked, answer } = incident;
  const did = kinds.map((kind) => EVENT_TEXT[kind].did).join(', ');
  const status =
    answer?.state === 'denied' && !namesDenier
      ? md``
      : answer
        ? joinMarkup([md` `, answerText(answer)], '')
        : asked.length === 0
          ? md` There was no one to ask.`
          : joinMarkup([md` Asked: `, joinMarkup(asked.slice(0, 3).map(mention), ', '), md`.`], '');
  return joinMarkup(
    [
      md`• *${truncate(account.name, MAX_NAME_LENGTH)}* (${account.id}), `,
      formatSlackDateTime(new Date(firstAt)),
      md`: ${did}`,
      sourceText(source, null),
      md`.`,
      status,
    ],
    '',
  );
}

const CENTRAL_ACCESS_URL =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html';
const COMPROMISED_ACCOUNT_URL = 'https://repost.aws/knowledge-center/potential-account-compromise';

/** What to do, in the order in which it stops an attacker. */
export function playbook(startTimes: readonly string[]): Block[] {
  const [since = ''] = startTimes.map((time) => time.slice(0, 19)).toSorted();
  const where = startTimes.length === 1 ? 'this account' : 'each account';
  return [
    section(
      joinMarkup(
        [
          md`*What to do now*`,
          joinMarkup(
            [
              md`1. *Secure the mailbox* of the root user: change its password, end its sessions, remove forwarding rules. Anyone who can read it can recover the root password.`,
            ],
            '',
          ),
          joinMarkup(
            [
              md`2. *Shut out root*: from the central account, remove the root password, then access keys, then MFA devices (`,
              link(CENTRAL_ACCESS_URL, 'centralized root access'),
              md`). In the management account, sign in as root, change the password, and remove every MFA device and access key you do not recognize.`,
            ],
            '',
          ),
          md`3. *Find out what was done*: read CloudTrail in ${where} from ${since}Z on, first in us-east-1, then in every other Region:\n\`aws cloudtrail lookup-events --region us-east-1 --start-time ${since}Z --lookup-attributes AttributeKey=Username,AttributeValue=root\`\nLook for CreateUser, CreateAccessKey, CreateLoginProfile, AttachUserPolicy, UpdateAssumeRolePolicy, StopLogging, DeleteTrail and LeaveOrganization.`,
          joinMarkup(
            [
              md`4. *If you are locked out*, open a case with AWS Support and follow `,
              link(COMPROMISED_ACCOUNT_URL, 'the AWS guide to compromised accounts'),
              md`.`,
            ],
            '',
          ),
        ],
        '\n',
      ),
    ),
  ];
}
