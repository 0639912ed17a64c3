const DATE = '2026-11-24';

/** Which controls of which frameworks one of our controls is mapped to, and who mapped it. A mapping is not a requirement. */
export const CONTROL_MAP = {
  date: DATE,
  note: 'Mapped by the named sources. A mapping does not say that a framework requires the control.',
  sources: [
    {
      name: 'Prowler',
      version: 'compliance files for AWS, commit 3e000faa',
      url: 'https://github.com/prowler-cloud/prowler',
    },
    {
      name: 'AWS Security Hub',
      version: `as of ${DATE}`,
      url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html',
    },
    {
      name: "auditors' request lists (SOC 2)",
      version: `as of ${DATE}`,
      url: 'https://complirun.com/blog/aws-iam-soc2-evidence.html',
    },
  ],
  controls: [
    {
      id: 'root-mfa',
      title: 'The root user has MFA',
      mappings: [
        {
          framework: 'CIS AWS Foundations Benchmark 3.0.0',
          ids: ['1.5'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'CIS AWS Foundations Benchmark 4.0.1',
          ids: ['1.5'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'CIS AWS Foundations Benchmark 5.0.0',
          ids: ['1.4'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'CIS AWS Foundations Benchmark 6.0.0',
          ids: ['2.4'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'CIS AWS Foundations Benchmark 7.0.0',
          ids: ['2.5'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'NIST SP 800-53 Rev. 5',
          ids: ['AC-2(1)', 'IA-2(1)', 'IA-2(2)', 'IA-2(6)', 'IA-2(8)'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'NIST SP 800-171 Rev. 2',
          ids: ['3.1.1', '3.1.2', '3.5.2', '3.5.3'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'NIST CSF 2.0',
          ids: ['ac_1', 'ac_6', 'ac_7', 'po_4', 'rr_1'],
          mappedBy: 'Prowler, in its short form',
        },
        {
          framework: 'PCI DSS 4.0',
          ids: ['8.4.1', '8.4.2', '8.4.3'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'ISO/IEC 27001:2022',
          ids: ['A.5.15', 'A.5.17', 'A.8.5'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'SOC 2',
          ids: ['CC6.1', 'CC6.2'],
          mappedBy: "auditors' request lists; Prowler maps neither check",
        },
        {
          framework: 'HIPAA',
          ids: ['164.308(a)(3)(ii)(A)', '164.312(d)'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'NIS2',
          ids: ['11.3.2.a', '11.6.1', '11.7.2'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'AWS Foundational Security Best Practices',
          ids: ['IAM.9'],
          mappedBy: 'AWS Security Hub',
        },
      ],
    },
    {
      id: 'root-hardware-mfa',
      title: 'The root user has hardware MFA',
      mappings: [
        {
          framework: 'CIS AWS Foundations Benchmark 3.0.0',
          ids: ['1.6'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'CIS AWS Foundations Benchmark 4.0.1',
          ids: ['1.6'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'CIS AWS Foundations Benchmark 5.0.0',
          ids: ['1.5'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'CIS AWS Foundations Benchmark 6.0.0',
          ids: ['2.5'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'CIS AWS Foundations Benchmark 7.0.0',
          ids: ['2.6'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'NIST SP 800-53 Rev. 5',
          ids: ['AC-2(1)', 'IA-2(1)', 'IA-2(2)', 'IA-2(6)', 'IA-2(8)'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'NIST SP 800-171 Rev. 2',
          ids: ['3.1.1', '3.1.2', '3.5.3'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'PCI DSS 4.0',
          ids: ['8.4.1', '8.4.2', '8.4.3'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'SOC 2',
          ids: ['CC6.1', 'CC6.2'],
          mappedBy: "auditors' request lists; Prowler maps neither check",
        },
        {
          framework: 'HIPAA',
          ids: ['164.308(a)(3)(ii)(A)', '164.312(d)'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'NIS2',
          ids: ['11.6.1', '11.7.2'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'AWS Foundational Security Best Practices',
          ids: ['IAM.6'],
          mappedBy: 'AWS Security Hub',
        },
      ],
    },
    {
      id: 'no-root-credentials',
      title: 'The root user of a member account has no credentials',
      mappings: [
        {
          framework: 'CIS AWS Foundations Benchmark 7.0.0',
          ids: ['2.1.1'],
          mappedBy: 'Prowler',
        },
        {
          framework: 'NIST CSF 2.0',
          ids: ['ac_1', 'po_4', 'rr_1', 'rr_2'],
          mappedBy: 'Prowler, in its short form',
        },
      ],
    },
  ],
} as const;
