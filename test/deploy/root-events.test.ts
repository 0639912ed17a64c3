import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { actionsOf, readTemplate, type Stack } from '../../deploy/lint/template.ts';
import { ROOT_EVENT_NAMES } from '../../src/domain/root-events/parse-message.ts';

const read = (path: string) => readFileSync(new URL(`../../deploy/aws/${path}`, import.meta.url), 'utf8');
const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:root-mfa-events';
const BOT = 'arn:aws:iam::111122223333:role/RootMfaBot';

const member = () => readTemplate(read('cloudformation/root-events-member.yaml'), { QueueArn: QUEUE });
const queue = (over: Record<string, string> = {}) =>
  readTemplate(read('cloudformation/root-events-queue.yaml'), {
    OrganizationId: 'o-exampleorgid',
    BotPrincipalArn: BOT,
    ...over,
  });

/** The event patterns of the template by the name of their rule. */
const patterns = () =>
  Object.fromEntries(
    Object.values(member().resources).flatMap(({ Properties }) =>
      Properties['EventPattern'] ? [[String(Properties['Name']), Properties]] : [],
    ),
  );

test('the rule asks for every event that the bot can read, and for no other', () => {
  const pattern = patterns()['root-mfa-root-user']?.['EventPattern'] as {
    source: string[];
    detail: { eventName: string[]; userIdentity: unknown };
  };

  const known = [...new Set(Object.values(ROOT_EVENT_NAMES).flat())].sort();
  const sources = Object.keys(ROOT_EVENT_NAMES).map((source) => `aws.${source.split('.')[0]}`);
  expect([...pattern.detail.eventName].sort()).toEqual(known);
  expect([...pattern.source].sort()).toEqual(sources.sort());
  expect(pattern.detail.userIdentity).toEqual({ type: ['Root'] });
});

test('the module of Terraform has the same rules', () => {
  const module = JSON.parse(read('terraform/root-events-member/event-patterns.json'));

  const template = Object.fromEntries(
    Object.entries(patterns()).map(([name, { EventPattern, Description }]) => [
      name,
      { description: Description, pattern: EventPattern },
    ]),
  );
  expect(module).toEqual(template);
});

describe('what accounts and bot may do with the queue is bounded', () => {
  test('only the role of the rules, in accounts of the organization, can send', () => {
    const [members] = queue().permissions;

    expect(members).toMatchObject({
      Action: 'sqs:SendMessage',
      Condition: {
        StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' },
        ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/RootMfaEvents' },
      },
    });
  });

  test('the bot can read and delete, and nothing else', () => {
    const bot = queue().permissions.filter(({ Sid }) => Sid === 'Bot');

    expect(bot[0]?.Principal).toEqual({ AWS: BOT });
    expect(actionsOf(bot)).toEqual([
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
  });

  test('the role in an account can send to this queue alone, and only EventBridge takes it on', () => {
    const { trust, permissions } = member();

    expect(permissions).toEqual([
      { Sid: 'Send', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE },
    ]);
    expect(trust[0]).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    });
  });

  test('a queue of another Region is refused: EventBridge does not send there', () => {
    const elsewhere = { QueueArn: QUEUE.replace('us-east-1', 'eu-west-1') };

    expect(() => readTemplate(read('cloudformation/root-events-member.yaml'), elsewhere)).toThrow(/pattern/);
  });

  test('what the bot fails to read five times is kept apart', () => {
    const { Properties } = queue().resources['Queue'] as Stack['resources'][string];

    expect(Properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: 'GetAtt DeadLetters.Arn',
      maxReceiveCount: 5,
    });
  });
});
