# The role that lists the organization and opens audit-only root sessions: once, in the delegated administrator account
# for IAM or in the management account.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
}

resource "aws_iam_role" "this" {
  name               = var.role_name
  description        = "Lists the organization and audits root users; used by root-mfa-bot"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = var.tags

  lifecycle {
    precondition {
      condition     = var.trusted_principal_arn != null || var.trusted_service != null
      error_message = "Set trusted_principal_arn or trusted_service: someone must be able to assume the role."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "read-organization"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.permissions.json
}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = var.trusted_principal_arn == null ? [] : [var.trusted_principal_arn]

    content {
      sid     = "Principal"
      actions = ["sts:AssumeRole"]

      principals {
        type        = "AWS"
        identifiers = [statement.value]
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

  dynamic "statement" {
    for_each = var.trusted_service == null ? [] : [var.trusted_service]

    content {
      sid     = "Service"
      actions = statement.value == "pods.eks.amazonaws.com" ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]

      principals {
        type        = "Service"
        identifiers = [statement.value]
      }

      # EC2 puts no source account into its requests.
      dynamic "condition" {
        for_each = statement.value == "ec2.amazonaws.com" ? [] : [data.aws_caller_identity.current.account_id]

        content {
          test     = "StringEquals"
          variable = "aws:SourceAccount"
          values   = [condition.value]
        }
      }
    }
  }
}

data "aws_iam_policy_document" "permissions" {
  statement {
    sid = "Organization"
    actions = [
      "organizations:ListAccounts",
      "organizations:DescribeOrganization",
      "iam:ListOrganizationsFeatures",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "MemberRole"
    actions   = ["sts:AssumeRole"]
    resources = ["arn:${local.partition}:iam::*:role/${var.member_role_name}"]
  }

  # An account needs no further role to look at itself.
  statement {
    sid = "OwnAccount"
    actions = [
      "iam:GetAccountSummary",
      "iam:ListVirtualMFADevices",
    ]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.allow_root_sessions ? [1] : []

    content {
      sid       = "RootAuditOnly"
      actions   = ["sts:AssumeRoot"]
      resources = ["arn:${local.partition}:iam::*:root"]

      # Without it the same grant would allow deleting root credentials.
      condition {
        test     = "ArnEquals"
        variable = "sts:TaskPolicyArn"
        values   = ["arn:${local.partition}:iam::aws:policy/root-task/IAMAuditRootUserCredentials"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.allow_directory ? [1] : []

    content {
      sid = "Directory"
      actions = [
        "organizations:ListRoots",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListAccountsForParent",
        "organizations:ListTagsForResource",
        "account:GetAlternateContact",
      ]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.allow_guardrails ? [1] : []

    content {
      sid = "Guardrails"
      actions = [
        "organizations:ListPolicies",
        "organizations:ListTargetsForPolicy",
        "organizations:ListPoliciesForTarget",
        "organizations:DescribePolicy",
        "organizations:ListParents",
        "organizations:DescribeOrganizationalUnit",
        "organizations:ListRoots",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListAccountsForParent",
      ]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.allow_credential_reports ? [1] : []

    content {
      sid = "OwnCredentialReport"
      actions = [
        "iam:GenerateCredentialReport",
        "iam:GetCredentialReport",
      ]
      resources = ["*"]
    }
  }
}
