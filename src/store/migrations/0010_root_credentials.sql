-- Whether root has credentials at all, and which. Older verdicts get what their own words say; the next scan
-- reads the rest.
alter table verdicts
  add column root_credentials text,
  add column root_credentials_found text[],
  add column root_credentials_why text;
alter table verdict_history
  add column root_credentials text,
  add column root_credentials_found text[],
  add column root_credentials_why text;

update verdicts
   set root_credentials_why = why,
       root_credentials_found = array_remove(array[
         case when confidence <> 'stale' and level1 in ('pass', 'fail')
               and not 'password_presence_not_reported' = any (flags) then 'password' end,
         case when 'root_access_key_present' = any (flags) then 'access_key' end,
         case when 'root_signing_certificate_present' = any (flags) then 'signing_certificate' end,
         case when level1 = 'pass' or 'leftover_root_mfa_device' = any (flags) then 'mfa_device' end
       ], null)
 where mfa is not null;
update verdicts
   set root_credentials = case
         when cardinality(root_credentials_found) > 0 then 'present'
         when mfa = 'not_applicable' then 'not_applicable'
         when mfa = 'no_credentials' and confidence = 'observed' then 'absent'
         else 'unknown' end
 where mfa is not null;

update verdict_history
   set root_credentials_why = why,
       root_credentials_found = array_remove(array[
         case when confidence <> 'stale' and level1 in ('pass', 'fail')
               and not 'password_presence_not_reported' = any (flags) then 'password' end,
         case when 'root_access_key_present' = any (flags) then 'access_key' end,
         case when 'root_signing_certificate_present' = any (flags) then 'signing_certificate' end,
         case when level1 = 'pass' or 'leftover_root_mfa_device' = any (flags) then 'mfa_device' end
       ], null);
update verdict_history
   set root_credentials = case
         when cardinality(root_credentials_found) > 0 then 'present'
         when mfa = 'not_applicable' then 'not_applicable'
         when mfa = 'no_credentials' and confidence = 'observed' then 'absent'
         else 'unknown' end;

alter table verdicts
  add check (num_nulls(mfa, root_credentials, root_credentials_found, root_credentials_why) in (0, 4));
alter table verdict_history
  alter column root_credentials set not null,
  alter column root_credentials_found set not null,
  alter column root_credentials_why set not null;

-- The trend of each scan, from the verdicts of its time.
update scans
   set coverage = coverage || jsonb_build_object('rootCredentials', (
         select jsonb_build_object(
                  'absent', count(*) filter (where root_credentials = 'absent'),
                  'present', count(*) filter (where root_credentials = 'present'),
                  'unknown', count(*) filter (where root_credentials = 'unknown'),
                  'not_applicable', count(*) filter (where root_credentials = 'not_applicable'))
           from verdict_history
          where since <= scans.finished_at and (until is null or until > scans.finished_at)))
 where coverage is not null;
