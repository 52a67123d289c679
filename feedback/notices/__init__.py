"""Short mails that something waits or has changed. Never content, never a name, never to an anonymous sender."""
