# The role that tells whether the root user of an account has MFA, and nothing else.

resource "aws_iam_role" "this" {
  name               = var.role_name
  description        = "Tells whether the root user has MFA; used by root-mfa-bot"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "this" {
  name   = "read-root-mfa"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.permissions.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "Reader"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.reader_principal_arn]
    }

    dynamic "condition" {
      for_each = var.external_id == null ? [] : [var.external_id]

      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }
}

data "aws_iam_policy_document" "permissions" {
  statement {
    sid = "RootMfa"
    actions = [
      "iam:GetAccountSummary",
      "iam:ListVirtualMFADevices",
    ]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.allow_credential_reports ? [1] : []

    content {
      sid = "CredentialReport"
      actions = [
        "iam:GenerateCredentialReport",
        "iam:GetCredentialReport",
      ]
      resources = ["*"]
    }
  }
}
