"""What an operator watches and does: metrics, log lines, upgrades."""
