"""Files and packets become products in their owners' spaces; where every byte is."""
