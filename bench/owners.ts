import { type Company, type CompanyPerson, HOME_TEAM_ID } from '../src/demo/company.ts';

/** In which time zones they work, one after the other. */
const ZONES = ['Europe/London', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Tokyo'];
/** This many accounts belong to the first owner, who runs a platform. */
const FIRST_OWNER_ACCOUNTS = 300;
/** One in this many accounts has no owner, as in the synthetic company. */
const UNOWNED_EVERY = 20;

/** The company with its accounts spread over this many owners: the first has 300, the others a few each. */
export function withManyOwners(company: Company, count: number): Company {
  const owners = Array.from({ length: count }, (_, n): CompanyPerson => {
    const number = String(n).padStart(4, '0');
    return {
      id: `U9OWNER${number}`,
      name: `Owner ${number}`,
      email: `owner-${number}@example.com`,
      job: 'Engineer',
      timezone: ZONES[n % ZONES.length] ?? 'UTC',
      teamId: HOME_TEAM_ID,
      kind: 'member',
      admin: false,
      status: null,
    };
  });
  const accounts = company.accounts.map((account, n) => {
    if (n % UNOWNED_EVERY === UNOWNED_EVERY - 1) return account;
    // Neighbours belong to one owner: the synthetic company repeats itself every thousand accounts.
    const ownerIndex = Math.floor(
      ((n - FIRST_OWNER_ACCOUNTS) * (count - 1)) / (company.accounts.length - FIRST_OWNER_ACCOUNTS),
    );
    const owner = owners[n < FIRST_OWNER_ACCOUNTS ? 0 : 1 + ownerIndex];
    const email = owner?.email ?? null;
    return { ...account, ownerEmail: email, tags: { ...account.tags, ...(email && { owner: email }) } };
  });
  return {
    ...company,
    people: [...company.people, ...owners],
    accounts,
    organization: { ...company.organization, accounts },
  };
}
