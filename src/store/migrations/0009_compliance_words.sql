-- Coverage and notifications hold the words `compliant` and `noncompliant` where they held `met` and `unmet`.
update scans
   set coverage = (coverage - 'standing') || jsonb_build_object(
     'compliance',
     ((coverage->'standing') - 'met' - 'unmet') || jsonb_build_object(
       'compliant', coverage->'standing'->'met', 'noncompliant', coverage->'standing'->'unmet'))
 where coverage ? 'standing';

update outbox
   set payload = jsonb_set(payload #- '{counts,unmet}', '{counts,noncompliant}', payload->'counts'->'unmet')
 where kind = 'reminder' and payload->'counts' ? 'unmet';

update outbox
   set payload = jsonb_set(payload, '{digest,trend}', (
     select coalesce(jsonb_agg((point - 'unmet') || jsonb_build_object('noncompliant', point->'unmet') order by week), '[]')
       from jsonb_array_elements(payload->'digest'->'trend') with ordinality as points (point, week)))
 where kind = 'digest' and payload->'digest' ? 'trend';
