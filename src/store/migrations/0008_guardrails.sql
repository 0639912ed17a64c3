-- What the organization's service control policies mean for the account's root user, and when that was read.
alter table accounts
  add column guardrails jsonb,
  add column guardrails_read_at timestamptz;

-- The policy that denied root when the exemption was granted, and when it was seen to be gone.
alter table exemptions
  add column control_policy jsonb,
  add column control_lost_at timestamptz;
