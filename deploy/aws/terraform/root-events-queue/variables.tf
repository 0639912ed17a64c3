variable "queue_name" {
  description = "Name of the queue; its dead letters get the same with -dead-letters."
  type        = string
  default     = "root-mfa-events"
}

variable "organization_id" {
  description = "Only accounts of this organization can send."
  type        = string

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "Expected the id of an organization: o-exampleorgid."
  }
}

variable "member_role_name" {
  description = "The role of the root-events-member module; nothing else in an account can send."
  type        = string
  default     = "RootMfaEvents"
}

variable "bot_principal_arn" {
  description = "The role or user that the bot runs as. It needs no policy of its own for the queue."
  type        = string

  validation {
    condition     = can(regex("^arn:[\\w-]+:iam::\\d{12}:(role|user)/.+$", var.bot_principal_arn))
    error_message = "Expected the ARN of a role or user: arn:aws:iam::111122223333:role/RootMfaBot."
  }
}

variable "tags" {
  description = "Tags of the queues."
  type        = map(string)
  default     = {}
}
