variable "role_name" {
  description = "Name of the role."
  type        = string
  default     = "RootMfaBot"
}

variable "trusted_principal_arn" {
  description = "The role or user that the bot runs as elsewhere; it then assumes this role (aws.managementRoleArn)."
  type        = string
  default     = null

  validation {
    condition     = var.trusted_principal_arn == null || can(regex("^arn:[\\w-]+:iam::\\d{12}:(role|user)/.+$", var.trusted_principal_arn))
    error_message = "Expected the ARN of a role or user: arn:aws:iam::111122223333:role/Name."
  }
}

variable "trusted_service" {
  description = "What runs the bot in this account as this role."
  type        = string
  default     = null

  validation {
    condition = var.trusted_service == null || contains(
      ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com"],
      coalesce(var.trusted_service, "none"),
    )
    error_message = "Expected ec2.amazonaws.com, ecs-tasks.amazonaws.com or pods.eks.amazonaws.com."
  }
}

variable "external_id" {
  description = "External ID that trusted_principal_arn must send (aws.externalId)."
  type        = string
  default     = null
  sensitive   = true
}

variable "allow_root_sessions" {
  description = "False if aws.rootSessions is never."
  type        = bool
  default     = true
}

variable "allow_directory" {
  description = "Org units, tags and security contacts, to find owners and for policy rules."
  type        = bool
  default     = true
}

variable "allow_guardrails" {
  description = "Service control policies, to see which of them deny root, the bot or the owner's fix. False if guardrails.check is off."
  type        = bool
  default     = true
}

variable "allow_credential_reports" {
  description = "True if aws.credentialReports is true; for this account itself."
  type        = bool
  default     = false
}

variable "member_role_name" {
  description = "The role of the member-role module (aws.memberRole)."
  type        = string
  default     = "RootMfaReader"
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
}
