import { GetAlternateContactCommand } from '@aws-sdk/client-account';
import { expect, test } from '@jest/globals';
import { DELEGATED, MANAGEMENT, MEMBER, type Simulation, startSimulation } from './simulation.ts';

const ana = { name: 'Ana Souza', title: 'Platform engineer', email: 'ana@example.com', phone: '+1 555 0100' };

function securityContact(
  { as }: Simulation,
  caller: 'management' | 'delegated' | 'member',
  AccountId?: string,
) {
  const input = { AlternateContactType: 'SECURITY', ...(AccountId ? { AccountId } : {}) } as const;
  return as(caller).account.send(new GetAlternateContactCommand(input));
}

test('the administrators read the contact of a member', async () => {
  const simulation = await startSimulation({ contacts: { SECURITY: ana } });

  for (const caller of ['management', 'delegated'] as const) {
    const { AlternateContact } = await securityContact(simulation, caller, MEMBER);
    expect(AlternateContact).toEqual({
      AlternateContactType: 'SECURITY',
      EmailAddress: 'ana@example.com',
      Name: 'Ana Souza',
      PhoneNumber: '+1 555 0100',
      Title: 'Platform engineer',
    });
  }
});

test('a contact that is not set is not found', async () => {
  const simulation = await startSimulation({ contacts: { SECURITY: ana } });
  simulation.organization.setContact(MEMBER, 'SECURITY', null);

  const answer = securityContact(simulation, 'management', MEMBER);

  await expect(answer).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('the management account speaks of itself only without its id', async () => {
  const simulation = await startSimulation();
  simulation.organization.setContact(MANAGEMENT, 'SECURITY', ana);

  await expect(securityContact(simulation, 'management', MANAGEMENT)).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  await expect(securityContact(simulation, 'management')).resolves.toMatchObject({
    AlternateContact: { Name: 'Ana Souza' },
  });
});

test('members read their own contact and no other', async () => {
  const simulation = await startSimulation({ contacts: { SECURITY: ana } });

  await expect(securityContact(simulation, 'member')).resolves.toBeDefined();
  await expect(securityContact(simulation, 'member', DELEGATED)).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});

test('without trusted access no one reads another account’s contact', async () => {
  const simulation = await startSimulation({ contacts: { SECURITY: ana } });
  simulation.organization.settings.accountManagementTrusted = false;

  const answer = securityContact(simulation, 'management', MEMBER);

  await expect(answer).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
