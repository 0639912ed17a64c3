#!/usr/bin/env bash
# Looks over templates, modules and the Dockerfile, with tools that are installed beside it and not with the bot.
set -euo pipefail
cd "$(dirname "$0")/.."

npm ci --prefix deploy/lint --ignore-scripts --no-audit --no-fund --silent
node_modules/.bin/tsx deploy/lint/main.mjs

if command -v terraform >/dev/null; then
  terraform fmt -check -diff -recursive deploy/aws/terraform
else
  echo 'terraform is not installed: the format of the modules was not checked'
fi

if command -v systemd-analyze >/dev/null; then
  # Exposure from 0 (locked up) to 100.
  systemd-analyze security --offline=yes --threshold=20 --no-pager deploy/systemd/root-mfa-bot.service | tail -n 1
else
  echo 'systemd is not installed: the unit was not checked'
fi
