output "role_arn" {
  description = "For reader_principal_arn of member-role, and for aws.managementRoleArn if the bot runs elsewhere."
  value       = aws_iam_role.this.arn
}
