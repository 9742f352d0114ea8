"""Where a craft is: Sun, planets, seasons, dust and ground."""
