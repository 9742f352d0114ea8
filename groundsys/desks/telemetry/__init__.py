"""What Yamcs has archived, by which clocks it is dated, and what is shown of it live."""
