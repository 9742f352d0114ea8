"""What console, portal and command line ask, by subject: each verb and who answers it."""
