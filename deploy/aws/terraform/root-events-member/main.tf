# Sends what the root user of an account does to the queue of the root-events-queue module. Use it with a provider for
# us-east-1: AWS records there what root does, and EventBridge sends to queues of its own Region only.

data "aws_caller_identity" "current" {}

locals {
  patterns = jsondecode(file("${path.module}/event-patterns.json"))
}

resource "aws_iam_role" "this" {
  name               = var.role_name
  description        = "Lets EventBridge send events of the root user to root-mfa-bot"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = var.tags
}

resource "aws_iam_role_policy" "this" {
  name   = "send-root-events"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.permissions.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "EventBridge"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "permissions" {
  statement {
    sid       = "Send"
    actions   = ["sqs:SendMessage"]
    resources = [var.queue_arn]
  }
}

resource "aws_cloudwatch_event_rule" "root" {
  for_each = local.patterns

  name          = each.key
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "root" {
  for_each = aws_cloudwatch_event_rule.root

  rule      = each.value.name
  target_id = "queue"
  arn       = var.queue_arn
  role_arn  = aws_iam_role.this.arn
}

resource "aws_cloudwatch_event_rule" "sign_of_life" {
  name                = "root-mfa-sign-of-life"
  description         = "Once a day, so that the bot can tell a quiet root user from a broken rule"
  schedule_expression = "rate(1 day)"
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "sign_of_life" {
  rule      = aws_cloudwatch_event_rule.sign_of_life.name
  target_id = "queue"
  arn       = var.queue_arn
  role_arn  = aws_iam_role.this.arn
}
