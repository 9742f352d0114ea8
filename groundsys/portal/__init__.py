"""Where customers fetch their products: an HTTP interface and a page."""
