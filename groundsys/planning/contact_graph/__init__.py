"""What could be: contacts that geometry and links allow, and how data move over them."""
