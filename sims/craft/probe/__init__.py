"""What it lets go: capsules, stations, scouts and explorers, from the cable to the ground."""
