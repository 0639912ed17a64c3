import type { Coverage } from '../../domain/coverage.ts';
import { lastScan, type ScanResult } from '../../store/scans.ts';
import type { Context } from '../shared/context.ts';

/** Returns the last finished scan. */
export function readLastScan(ctx: Context): Promise<ScanResult<Coverage> | undefined> {
  return lastScan<Coverage>(ctx.db);
}
