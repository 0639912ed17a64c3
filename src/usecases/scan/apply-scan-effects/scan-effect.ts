import type { VerdictChange } from '../../../store/verdicts.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';

/** An effect of what a scan or a check saw, applied in the transaction that saves it, even if no verdict changed. */
export type ScanEffect = (work: UnitOfWork, changes: readonly VerdictChange[]) => Promise<void>;
