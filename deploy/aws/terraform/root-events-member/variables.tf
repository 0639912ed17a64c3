variable "queue_arn" {
  description = "The queue_arn of the root-events-queue module."
  type        = string

  validation {
    condition     = can(regex("^arn:[\\w-]+:sqs:us-east-1:\\d{12}:[A-Za-z0-9_-]+$", var.queue_arn))
    error_message = "Expected the ARN of a queue in us-east-1: arn:aws:sqs:us-east-1:111122223333:root-mfa-events."
  }
}

variable "role_name" {
  description = "As member_role_name of the root-events-queue module."
  type        = string
  default     = "RootMfaEvents"
}

variable "tags" {
  description = "Tags of role and rules."
  type        = map(string)
  default     = {}
}
