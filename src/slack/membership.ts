import type { Person } from '../store/people.ts';
import type { DenialReason } from './denial.ts';

/** Whether a workspace is ours. */
export type TeamCheck = (teamId: string | undefined) => boolean;

/** Creates the check for the workspace of the bot token, and the others of the same enterprise. */
export function createTeamCheck(
  homeTeam: () => string | undefined,
  enterpriseTeams: readonly string[],
): TeamCheck {
  return (teamId) => teamId !== undefined && (teamId === homeTeam() || enterpriseTeams.includes(teamId));
}

/** Returns why a person is no full, active member; undefined when they are one. */
export function membershipDenialReason(
  { kind, teamId }: Pick<Person, 'kind' | 'teamId'>,
  isOurTeam: TeamCheck,
): DenialReason | undefined {
  switch (kind) {
    case 'member':
      return undefined;
    case 'external':
      return isOurTeam(teamId ?? undefined) ? undefined : 'other-workspace';
    case 'guest':
    case 'deactivated':
    case 'bot':
      return kind;
  }
}
