"""The deployment put together and run: addresses, commands, jobs, backups, doctor."""
