variable "role_name" {
  description = "As aws.memberRole says."
  type        = string
  default     = "RootMfaReader"
}

variable "reader_principal_arn" {
  description = "The role_arn of the reader-role module. It must exist before this role does."
  type        = string

  validation {
    condition     = can(regex("^arn:[\\w-]+:iam::\\d{12}:(role|user)/.+$", var.reader_principal_arn))
    error_message = "Expected the ARN of a role or user: arn:aws:iam::111122223333:role/RootMfaBot."
  }
}

variable "external_id" {
  description = "External ID that the reader must send (aws.externalId)."
  type        = string
  default     = null
  sensitive   = true
}

variable "allow_credential_reports" {
  description = "True if aws.credentialReports is true."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
}
