"""The bot on one laptop: a local Bot API stand-in and a page with phones side by side. No token, no internet."""
