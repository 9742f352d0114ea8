"""The console's widgets, one area each; they show view models and hold no state of their own."""
