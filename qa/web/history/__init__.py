"""Conversations and pinned passages, kept on this machine."""
