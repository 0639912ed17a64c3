output "queue_url" {
  description = "For rootEvents.queueUrl in root-mfa.yml."
  value       = aws_sqs_queue.this.url
}

output "queue_arn" {
  description = "For queue_arn of the root-events-member module."
  value       = aws_sqs_queue.this.arn
}
