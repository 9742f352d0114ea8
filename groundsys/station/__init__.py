"""An antenna's front end: the space link here, decoded frames with their receive time there."""
