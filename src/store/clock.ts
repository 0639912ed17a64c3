/**
 * SQL for the time: the parameter where time is simulated, else the database's own clock at this moment (`now()` stands
 * still in a transaction). Leases and claims use no other clock, so the clocks of instances can differ.
 */
export const clockSql = (parameter: string) => `coalesce(${parameter}::timestamptz, clock_timestamp())`;
